using Cake.Core.Composition;
using Microsoft.Extensions.DependencyInjection;

namespace Cake.Frosting.Internal;

/// <summary>Takes down what a module of the engine registers and hands it to the service collection.</summary>
internal sealed class ModuleRegistrations : ICakeContainerRegistrar
{
    private readonly List<Registration> _registrations = [];

    public ICakeRegistrationBuilder RegisterType(Type type) => Add(new Registration(type, null));

    public ICakeRegistrationBuilder RegisterInstance<TImplementation>(TImplementation instance)
        where TImplementation : class
        => Add(new Registration(typeof(TImplementation), instance));

    public void MoveTo(IServiceCollection services)
    {
        foreach (var registration in _registrations)
        {
            foreach (var service in registration.Services.DefaultIfEmpty(registration.Implementation))
            {
                services.Add(registration.Instance is { } instance
                    ? new ServiceDescriptor(service, instance)
                    : new ServiceDescriptor(service, registration.Implementation, registration.Lifetime));
            }
        }
    }

    private Registration Add(Registration registration)
    {
        _registrations.Add(registration);
        return registration;
    }

    private sealed class Registration(Type implementation, object? instance) : ICakeRegistrationBuilder
    {
        public Type Implementation { get; } = implementation;

        public object? Instance { get; } = instance;

        public List<Type> Services { get; } = [];

        public ServiceLifetime Lifetime { get; private set; } = ServiceLifetime.Transient;

        public ICakeRegistrationBuilder As(Type type)
        {
            Services.Add(type);
            return this;
        }

        public ICakeRegistrationBuilder AsSelf() => As(Implementation);

        public ICakeRegistrationBuilder Singleton()
        {
            Lifetime = ServiceLifetime.Singleton;
            return this;
        }

        public ICakeRegistrationBuilder Transient()
        {
            Lifetime = ServiceLifetime.Transient;
            return this;
        }
    }
}

internal static class ModuleExtensions
{
    public static void AddModule(this IServiceCollection services, ICakeModule module)
    {
        var registrations = new ModuleRegistrations();
        module.Register(registrations);
        registrations.MoveTo(services);
    }
}
