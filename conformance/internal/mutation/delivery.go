package mutation

// delivery are faults in what the server delivers to whom.
var delivery = []Mutation{
	{
		Name: "drops one delivery in a thousand", Program: Server, File: "server/internal/hub/delivery.go",
		Edits: []Edit{
			{"s.outbox.Push(encoded.frame(*s.encoder.Load(), m))", "if m.ID.Sequence%1000 != 0 {\n\t\t\t\ts.outbox.Push(encoded.frame(*s.encoder.Load(), m))\n\t\t\t}"},
			{"s.outbox.PushRun(encoded.run(*s.encoder.Load(), messages))", `some := messages
			if messages[0].ID.Sequence/1000 != messages[len(messages)-1].ID.Sequence/1000 {
				some = messages[1:]
			}
			s.outbox.PushRun(encoded.run(*s.encoder.Load(), some))`},
		},
		Cases: []string{"delivery/messages of one writer keep their order"},
	},
	{
		Name: "delivers twice", Program: Server, File: "server/internal/hub/delivery.go",
		Edits: []Edit{{"s.outbox.Push(encoded.frame(*s.encoder.Load(), m))", "s.outbox.Push(encoded.frame(*s.encoder.Load(), m))\n\t\t\ts.outbox.Push(encoded.frame(*s.encoder.Load(), m))"}},
		Cases: []string{"delivery/a message reaches a subscriber once, with all that belongs to it"},
	},
	{
		Name: "reorders a batch", Program: Server, File: "server/internal/hub/publish.go",
		Edits: []Edit{{"\th.deliverAll(messages)\n", "\tmessages[0], messages[len(messages)-1] = messages[len(messages)-1], messages[0]\n\th.deliverAll(messages)\n"}},
		Cases: []string{"delivery/messages of one writer keep their order"},
	},
	{
		Name: "delivers to every tenant", Program: Server, File: "server/internal/hub/hub.go",
		Edits: []Edit{
			{"func (h *Hub) add(s *Subscriber, tenant string, p channel.Pattern) (*subindex.Entry[*Subscriber], bool) {\n", "func (h *Hub) add(s *Subscriber, tenant string, p channel.Pattern) (*subindex.Entry[*Subscriber], bool) {\n\ttenant = \"~\"\n"},
			{"func (h *Hub) remove(s *Subscriber, tenant string, p channel.Pattern) bool {\n", "func (h *Hub) remove(s *Subscriber, tenant string, p channel.Pattern) bool {\n\ttenant = \"~\"\n"},
			{"func (h *Hub) match(tenant, name string) *subindex.Result[*Subscriber] {\n", "func (h *Hub) match(tenant, name string) *subindex.Result[*Subscriber] {\n\ttenant = \"~\"\n"},
		},
		Cases: []string{"subscriptions/messages never cross tenants"},
	},
	{
		Name: "gives a message for one to all", Program: Server, File: "server/internal/hub/publish.go",
		Edits: []Edit{{"\tif m.Mode == Broadcast {\n", "\tif m.Mode <= OneRandom {\n"}},
		Cases: []string{"modes/low latency reaches exactly one connection, whichever it is"},
	},
	{
		Name: "always draws the same connection", Program: Server, File: "server/internal/hub/delivery.go",
		Edits: []Edit{{"first := rand.IntN(result.Total)", "first := rand.IntN(1)"}},
		Cases: []string{"modes/random reaches exactly one connection, and not always the same"},
	},
	{
		Name: "names one of several patterns that match", Program: Server, File: "server/internal/hub/delivery.go",
		Edits: []Edit{{"\treturn list\n", "\treturn list[:1]\n"}},
		Cases: []string{"delivery/several matches are one delivery for each subscription"},
	},
	{
		Name: "gives all messages one id", Program: Server, File: "server/internal/hub/hub.go",
		Edits: []Edit{{"Sequence: h.sequence.Add(1)}", "Sequence: max(1, h.sequence.Load())}"}},
		Cases: []string{"delivery/a message reaches a subscriber once, with all that belongs to it", "drain/make before break: nothing lost, nothing twice, always CONNECTED"},
	},
	{
		Name: "takes abc* not to match abc itself", Program: Server, File: "server/internal/subindex/trie.go",
		Edits: []Edit{{"if int(length) > len(token) {", "if int(length) >= len(token) {"}},
		Cases: []string{"patterns/PT-3 a.b*"},
	},
	{
		Name: "takes # to stand for one token at least", Program: Server, File: "server/internal/subindex/trie.go",
		Edits: []Edit{{"\tfound = append(found, n.open.all...)\n\tif !more {\n\t\treturn append(found, n.closed.all...)\n\t}\n", "\tif !more {\n\t\treturn append(found, n.closed.all...)\n\t}\n\tfound = append(found, n.open.all...)\n"}},
		Cases: []string{"patterns/PT-5 a.#"},
	},
	{
		Name: "refuses the largest payload", Program: Server, File: "server/internal/session/publish.go",
		Edits: []Edit{{"len(payload) > most {", "len(payload) >= most {"}},
		Cases: []string{"delivery/payloads arrive as they are, from nothing to the largest"},
	},
	{
		Name: "acknowledges before it checks", Program: Server, File: "server/internal/session/publish.go",
		Edits: []Edit{{"\tr := newRun(len(batch))\n", "\tr := newRun(len(batch))\n\tfor i := range batch {\n\t\tif batch[i].Request.Ack {\n\t\t\tr.acknowledged = append(r.acknowledged, batch[i].Request)\n\t\t}\n\t}\n\tif len(r.acknowledged) > 0 {\n\t\ts.succeed(Success{Requests: r.acknowledged})\n\t}\n\tr.acknowledged = r.acknowledged[:0]\n"}},
		Cases: []string{"acknowledgement/a refused publish fails, and nothing is delivered"},
	},
	{
		Name: "does not say how much it has dropped", Program: Server, File: "server/internal/session/session.go",
		Edits: []Edit{{"\treturn s.encoding().Lost(messages)\n", "\treturn nil\n"}},
		Cases: []string{"slow consumer/policy drop-oldest: the stream says how many are lost, and goes on"},
	},
	{
		Name: "queues without a bound for a slow consumer", Program: Server, File: "server/internal/outbox/outbox.go",
		Edits: []Edit{{" > o.options.MaxBytes || o.messages+messages > o.options.MaxMessages\n", " > 1<<40\n"}},
		Cases: []string{"slow consumer/policy disconnect: SLOW_CONSUMER, and the client comes back"},
	},
	{
		Name: "drains without a word", Program: Server, File: "server/internal/session/drain.go",
		Edits: []Edit{{"\t\t\ts.Send(s.encoding().GoAway(draining(), timeout))\n", "\t\t\t_ = s\n"}},
		Cases: []string{"drain/make before break: nothing lost, nothing twice, always CONNECTED"},
	},
	{
		Name: "closes at once when it drains", Program: Server, File: "server/internal/session/drain.go",
		Edits: []Edit{{"timer := time.NewTimer(timeout)", "timer := time.NewTimer(timeout / 1000)"}},
		Cases: []string{"drain/who does not move is served until the time is over"},
	},
}
