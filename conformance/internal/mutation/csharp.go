package mutation

// csharp are faults of the C# SDK.
var csharp = []Mutation{
	{
		Name: "forgets to resubscribe", Program: CSharpSDK, File: "sdk-csharp/src/FastPubSub/Core/Session/SessionSubscriptions.cs",
		Edits: []Edit{{"            if (missing.Count == 0)\n", "            if (missing.Count >= 0)\n"}},
		Cases: []string{"reconnect/after a cut, again and again"},
	},
	{
		Name: "does not remove a duplicate", Program: CSharpSDK, File: "sdk-csharp/src/FastPubSub/Core/DuplicateWindow.cs",
		Edits: []Edit{{"at.TryGetValue(id, out var position))\n", "at.TryGetValue(id, out var position) && count < 0)\n"}},
		Cases: []string{"drain/ten moves while both connections bring every message"},
	},
}
