namespace Orleans.Runtime;

/// <summary>A reminder that was registered.</summary>
public interface IGrainReminder
{
    /// <summary>Its name, one of its grain's.</summary>
    string ReminderName { get; }
}
