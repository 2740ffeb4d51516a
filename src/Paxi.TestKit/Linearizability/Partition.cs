using System.Runtime.InteropServices;
using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Linearizability;

/// <summary>The operations on one key, or on the keys that transactions join, in the order of the history.</summary>
internal sealed class Partition
{
    /// <summary>The operations; those that certainly had no effect are left out.</summary>
    public List<Operation> Operations { get; } = [];

    /// <summary>Splits a history into its partitions, by first appearance.</summary>
    public static List<Partition> Split(History history)
    {
        var numbers = new Dictionary<string, int>();
        var parents = new List<int>();
        foreach (Operation operation in history.Operations)
        {
            if (operation.Ok == false)
            {
                continue;
            }

            int first = -1;
            if (operation.Kind != OperationKind.Transaction)
            {
                Number(operation.Key, numbers, parents);
                continue;
            }

            foreach (Operation part in operation.Parts)
            {
                int key = Root(Number(part.Key, numbers, parents), parents);
                first = first < 0 ? key : Root(first, parents);
                (int low, int high) = (Math.Min(first, key), Math.Max(first, key));
                parents[high] = low;
            }
        }

        var partitions = new List<Partition>();
        int[] partitionOf = new int[parents.Count];
        Array.Fill(partitionOf, -1);
        foreach (Operation operation in history.Operations)
        {
            if (operation.Ok == false)
            {
                continue;
            }

            string key = operation.Kind == OperationKind.Transaction ? operation.Parts[0].Key : operation.Key;
            ref int partition = ref partitionOf[Root(numbers[key], parents)];
            if (partition < 0)
            {
                partition = partitions.Count;
                partitions.Add(new Partition());
            }

            partitions[partition].Operations.Add(operation);
        }

        return partitions;
    }

    /// <summary>The keys that operations touch, by first appearance.</summary>
    public static IEnumerable<string> Keys(IEnumerable<Operation> operations) =>
        operations
            .SelectMany(static operation =>
                operation.Kind == OperationKind.Transaction ? operation.Parts.Select(static part => part.Key) : [operation.Key])
            .Distinct();

    private static int Number(string key, Dictionary<string, int> numbers, List<int> parents)
    {
        ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, key, out bool exists);
        if (!exists)
        {
            number = parents.Count;
            parents.Add(number);
        }

        return number;
    }

    private static int Root(int key, List<int> parents)
    {
        while (parents[key] != key)
        {
            parents[key] = parents[parents[key]];
            key = parents[key];
        }

        return key;
    }
}
