namespace Paxi.Actors.Configuration;

/// <summary>The configuration, or an argument that overrides it, is wrong. The message is the one line to print: the key, what it may be, where. Exit status 2.</summary>
public sealed class ConfigurationException(string message, Exception? cause = null) : Exception(message, cause);
