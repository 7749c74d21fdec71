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
	{
		Name: "never times out", Program: RustSDK, File: "sdk-rust/src/supervisor/calls.rs",
		Edits: []Edit{{"timeout_at(deadline, ticket.receipt.wait())", "timeout_at(deadline + Duration::from_secs(3600), ticket.receipt.wait())"}},
		Cases: []string{"acknowledgement/a publish completes only when the server has answered"},
	},
}
