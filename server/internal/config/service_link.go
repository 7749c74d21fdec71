package config

import (
	"net/netip"
	"regexp"
	"strconv"
)

// Kubernetes gives every container variables for each Service of its namespace.
// Those of a Service whose name starts with "fastpubsub" look like ours.
var (
	linkHost  = regexp.MustCompile(`_SERVICE_HOST$|_PORT_\d+_(TCP|UDP|SCTP)_ADDR$`)
	linkPort  = regexp.MustCompile(`_SERVICE_PORT(_[A-Z0-9_]+)?$|_PORT_\d+_(TCP|UDP|SCTP)_PORT$`)
	linkURL   = regexp.MustCompile(`_PORT(_\d+_(TCP|UDP|SCTP))?$`)
	linkProto = regexp.MustCompile(`_PORT_\d+_(TCP|UDP|SCTP)_PROTO$`)

	linkURLValue   = regexp.MustCompile(`^(tcp|udp|sctp)://`)
	linkProtoValue = regexp.MustCompile(`^(tcp|udp|sctp)$`)
)

// isServiceLink says whether name and value are such a variable and no setting.
// The value counts, too, so that a setting with a mistyped name stays an error.
func isServiceLink(name, value string) bool {
	_, addressError := netip.ParseAddr(value)
	_, portError := strconv.ParseUint(value, 10, 16)
	return linkHost.MatchString(name) && addressError == nil ||
		linkPort.MatchString(name) && portError == nil ||
		linkURL.MatchString(name) && linkURLValue.MatchString(value) ||
		linkProto.MatchString(name) && linkProtoValue.MatchString(value)
}
