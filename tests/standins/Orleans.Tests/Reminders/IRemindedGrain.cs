namespace Orleans.Tests.Reminders;

public interface IRemindedGrain : IGrainWithStringKey
{
    Task Set(string name, TimeSpan dueTime, TimeSpan period);

    Task Remove(string name);

    Task<List<string>> Names();

    Task<bool> Has(string name);

    Task<string> Where();

    Task End();
}
