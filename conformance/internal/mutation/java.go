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
	{
		Name: "never times out", Program: JavaSDK, File: "sdk-java/src/main/java/com/fastpubsub/internal/outbox/Outbox.java",
		Edits: []Edit{{"            ticket = new Ticket(encoded.length, deadline);\n            expireAt(deadline);\n", "            ticket = new Ticket(encoded.length, deadline);\n"}},
		Cases: []string{"acknowledgement/a publish completes only when the server has answered"},
	},
}
