package mutation

// rust are faults of the Rust SDK. There are few: the cases are the same for every
// SDK, and what is asked here is whether a fault of this one reaches them.
var rust = []Mutation{
	{
		Name: "forgets to resubscribe", Program: RustSDK, File: "sdk-rust/src/session/subscriptions.rs",
		Edits: []Edit{{"            if missing.is_empty() {\n", "            if missing.is_empty() || !missing.is_empty() {\n"}},
		Cases: []string{"reconnect/after a cut, again and again"},
	},
	{
		Name: "does not remove a duplicate", Program: RustSDK, File: "sdk-rust/src/dedup.rs",
		Edits: []Edit{{"        let number = self.number(id)?;\n", "        let number = self.number(id).filter(|_| self.ids.is_empty())?;\n"}},
		Cases: []string{"drain/ten moves while both connections bring every message"},
	},
}
