namespace Cil.Grains.Workers;

/// <summary>Takes a renderer's reports on the chunk it renders. May be called from any thread.</summary>
public interface IChunkProgress
{
    /// <param name="count">Steps or frames that are done.</param>
    void Done(int count);

    /// <summary>The chunk's last part is on the device: what comes next may be made ready behind it.</summary>
    void Ending();
}
