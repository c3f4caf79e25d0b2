namespace Outsource.Tests;
