package mutation

// server are faults in whom the server lets in and what it lets them do.
var server = []Mutation{
	{
		Name: "lets expired tokens in", Program: Server, File: "server/internal/admission/gate.go",
		Edits: []Edit{{"\tcase token.Expired:\n\t\treturn apierror.New(", "\tcase token.Expired + 100:\n\t\treturn apierror.New("}},
		Cases: []string{"refusals/TOKEN_EXPIRED: deactivated"},
	},
	{
		Name: "says that a token is revoked and does not keep it", Program: Server, File: "server/internal/tokenadmin/revoke.go",
		Edits: []Edit{{"record.RevokedAt = now", "_ = now"}},
		Cases: []string{"refusals/TOKEN_REVOKED"},
	},
	{
		Name: "does not compare the secret", Program: Server, File: "server/internal/admission/gate.go",
		Edits: []Edit{{"right := record.HasSecret(parsed.Secret)", "right := record.HasSecret(parsed.Secret) || record.ID != \"\""}},
		Cases: []string{"refusals/TOKEN_INVALID: malformed, unknown, wrong secret"},
	},
	{
		Name: "ignores from which addresses a token may be used", Program: Server, File: "server/internal/admission/place.go",
		Edits: []Edit{{"case len(p.masks) > 0 && !p.allowsIP(c.IP):", "case len(p.masks) > 1000 && !p.allowsIP(c.IP):"}},
		Cases: []string{"refusals/IP_NOT_ALLOWED"},
	},
	{
		Name: "ignores for which regions a token is", Program: Server, File: "server/internal/admission/place.go",
		Edits: []Edit{{"case len(p.regions) > 0 && ", "case len(p.regions) > 1000 && "}},
		Cases: []string{"refusals/REGION_NOT_ALLOWED"},
	},
	{
		Name: "lets a client without an origin in where origins are listed", Program: Server, File: "server/internal/admission/place.go",
		Edits: []Edit{{"case len(p.origins) > 0 && c.Origin == \"\":", "case false:"}, {"case len(p.origins) > 0 && !slices", "case c.Origin != \"\" && len(p.origins) > 0 && !slices"}},
		Cases: []string{"refusals/ORIGIN_NOT_ALLOWED: a client without one"},
	},
	{
		Name: "keeps the connections of a token that runs out", Program: Server, File: "server/internal/session/token_sessions.go",
		Edits: []Edit{{"if r.options.KeepExpired {", "if r.options.KeepExpired || !at.IsZero() {"}},
		Cases: []string{"expiry/a fixed token that runs out ends the client"},
	},
	{
		Name: "keeps the connections of a revoked token", Program: Server, File: "server/internal/session/token_sessions.go",
		Edits: []Edit{{"shutAll(t.sessions, tokenRevoked())", "_ = tokenRevoked()"}},
		Cases: []string{"expiry/a revoked token ends the client within a second"},
	},
	{
		Name: "closes connections although their token was refreshed", Program: Server, File: "server/internal/session/token_sessions.go",
		Edits: []Edit{{"\t\tr.arm(record.ID, t, record.ExpiresAt)\n", ""}},
		Cases: []string{"expiry/refreshed in time by an administrator, the connection goes on"},
	},
	{
		Name: "takes a pattern to be inside a rule that ends before it", Program: Server, File: "server/internal/channel/containment.go",
		Edits: []Edit{{"\tif p.open && !r.open {\n\t\treturn false\n\t}\n", ""}, {"\treturn !longer\n", "\treturn !longer || p.open\n"}},
		Cases: []string{"interop/a right ends where its rule ends"},
	},
	{
		Name: "takes a wildcard to be inside the ? of a rule", Program: Server, File: "server/internal/channel/containment.go",
		Edits: []Edit{{"\t\treturn m.Kind == Literal\n", "\t\treturn true\n"}},
		Cases: []string{"subscriptions/SUBSCRIBE_DENIED: no right to the whole pattern"},
	},
	{
		Name: "lets everybody publish", Program: Server, File: "server/internal/session/publish.go",
		Edits: []Edit{{"if !a.Rights.MayPublish(tenant, request.Name) {", "if !a.Rights.MayPublish(tenant, request.Name) && request.Name == \"\" {"}},
		Cases: []string{"acknowledgement/a refused publish fails, and nothing is delivered"},
	},
	{
		Name: "keeps subscriptions that a fresh token does not allow", Program: Server, File: "server/internal/session/authenticate.go",
		Edits: []Edit{{"\ts.endForbidden(fresh)\n", ""}},
		Cases: []string{"token source/a fresh token that allows less ends subscriptions"},
	},
	{
		Name: "loses the reason of a refusal", Program: Server, File: "server/internal/transport/sessionframe/codec.go",
		Edits: []Edit{{"\t\tReason:        err.Reason(),\n\t\tMessage:       text(err),", "\t\tMessage:       text(err),"}},
		Cases: []string{"acknowledgement/a refused publish fails, and nothing is delivered"},
	},
	{
		Name: "takes any text for a master token", Program: Server, File: "server/internal/tokenadmin/master_token.go",
		Edits: []Edit{{"\tif matches == 0 {", "\tif matches == 100 {"}},
		Cases: []string{"tokens/MASTER_TOKEN_INVALID"},
	},
	{
		Name: "makes tokens that live for ever", Program: Server, File: "server/internal/tokenadmin/expiry.go",
		Edits: []Edit{{"if expiry.After(latest.Add(clockTolerance)) {", "if expiry.After(latest.Add(1000 * s.maxTTL)) {"}},
		Cases: []string{"tokens/every wrong input gets its reason"},
	},
	{
		Name: "allows one subscription more than the limit", Program: Server, File: "server/internal/session/subscribe.go",
		Edits: []Edit{{"len(s.subscriptions) >= most {", "len(s.subscriptions) > most {"}},
		Cases: []string{"limits/TOO_MANY_SUBSCRIPTIONS"},
	},
	{
		Name: "does not limit the rate of publishes", Program: Server, File: "server/internal/session/publish.go",
		Edits: []Edit{{"if s.limiter != nil && !s.limiter.Allow() {", "if s.limiter != nil && !s.limiter.Allow() && s.limiter.Burst() < 0 {"}},
		Cases: []string{"limits/RATE_LIMITED: too many publishes in a second"},
	},
}
