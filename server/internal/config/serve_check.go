package config

import (
	"errors"
	"net"
)

// Check checks what needs more than one setting, after LoadServe: --dev stays on
// this machine, without --dev there is a master token, each port is another one, a
// certificate comes with its key, and a queue holds a message. All faults come
// together, as *Error.
func (s *Serve) Check(table Table) error {
	faults := []error{checkPorts(table), s.checkTLS(table), s.checkQueue(table)}
	if s.Dev {
		faults = append(faults, checkLoopback(table))
	} else {
		faults = append(faults, s.checkMasterTokens())
	}
	return errors.Join(faults...)
}

func checkLoopback(table Table) error {
	var faults []error
	for _, name := range []string{"http-addr", "grpc-addr", "metrics-addr"} {
		setting := table.Lookup(name)
		address := setting.Value.Texts()[0]
		if address != "" && !isLoopback(address) {
			faults = append(faults, setting.conflict(`with --dev only addresses of this machine, like "127.0.0.1:8080"`))
		}
	}
	return errors.Join(faults...)
}

// checkPorts refuses an address that two settings have.
func checkPorts(table Table) error {
	names := []string{"http-addr", "grpc-addr", "metrics-addr"}
	for i, name := range names {
		setting := table.Lookup(name)
		address := setting.Value.Texts()[0]
		if _, port, _ := net.SplitHostPort(address); port == "" || port == "0" {
			continue
		}
		for _, earlier := range names[:i] {
			if table.Lookup(earlier).Value.Texts()[0] == address {
				return setting.conflict("another address than " + earlier + " has; port 0 picks a free port")
			}
		}
	}
	return nil
}

func (s *Serve) checkMasterTokens() error {
	if len(s.Server.MasterTokens) > 0 {
		return nil
	}
	return &Error{
		Setting: "master-token", Source: Source{},
		Accepts: "at least one token of 16 or more characters, from --master-token, --master-token-file, " +
			VariableOf("master-token") + " or the file; for a first try use --dev",
	}
}

func (s *Serve) checkTLS(table Table) error {
	tls := s.Server.TLS
	switch {
	case tls.CertFile != "" && tls.KeyFile == "":
		return table.Lookup("tls-key-file").conflict("the file of the key that belongs to tls-cert-file")
	case tls.KeyFile != "" && tls.CertFile == "":
		return table.Lookup("tls-cert-file").conflict("the file of the certificate that belongs to tls-key-file")
	case tls.ClientCAFile != "" && tls.CertFile == "":
		return table.Lookup("tls-client-ca-file").conflict("a file only beside tls-cert-file and tls-key-file")
	default:
		return nil
	}
}

func (s *Serve) checkQueue(table Table) error {
	limits := s.Server.Limits
	if limits.QueueBytes > limits.PayloadBytes {
		return nil
	}
	return table.Lookup("max-queue-bytes").conflict("more than max-payload-bytes, which is " + FormatSize(limits.PayloadBytes))
}

// conflict is the fault of a value that other settings do not accept.
func (s *Setting) conflict(accepts string) error {
	fault := s.fault(s.Origin, quote(s.Value.Texts()[0]))
	fault.Accepts = accepts
	return fault
}
