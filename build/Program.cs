using Cake.Frosting;
using Outsource;
using Outsource.Build.Hosting;

return OutsourceHost.Run(
    args,
    [typeof(OutsourceHost).Assembly, typeof(OutsourceContext).Assembly],
    session =>
        CakeHost
            .Create()
            .AddAssembly(typeof(OutsourceContext).Assembly)
            .UseContext<OutsourceContext>()
            .UseLifetime<OutcomeLifetime>()
            .UseWorkingDirectory(session.Root)
            .ConfigureServices(session.Register)
            .Run(session.Request.Invocation.CakeArguments)
);
