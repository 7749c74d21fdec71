package mutation

// java are faults of the Java SDK.
var java = []Mutation{
	{
		Name: "forgets to resubscribe", Program: JavaSDK, File: "sdk-java/src/main/java/com/fastpubsub/internal/session/Resubscription.java",
		Edits: []Edit{{"        List<Telling> missing = session.ledger().missing();\n", "        List<Telling> missing = List.of();\n"}},
		Cases: []string{"reconnect/after a cut, again and again"},
	},
	{
		Name: "does not remove a duplicate", Program: JavaSDK, File: "sdk-java/src/main/java/com/fastpubsub/internal/dedup/Window.java",
		Edits: []Edit{{"        return known < 0 ? null : (M) marks[known];\n", "        return known < 0 || count > 0 ? null : (M) marks[known];\n"}},
		Cases: []string{"drain/ten moves while both connections bring every message"},
	},
}
