// Package certificate keeps a port's TLS certificate, read again when its files
// change.
package certificate

import (
	"context"
	"crypto/tls"
	"log/slog"
	"sync/atomic"
	"time"
)

// refreshInterval is how often the files are looked at.
const refreshInterval = 10 * time.Second

// Source is a certificate that follows its files. Any goroutine may use it.
type Source struct {
	files   Files
	logger  *slog.Logger
	current atomic.Pointer[material]
	// fault is why the files could not be used when they were read last; "": they
	// could.
	fault string

	end   context.CancelFunc
	ended chan struct{}
}

// Open reads the files, and follows them until Close. An error names the file and
// what is wrong with it. Files that are broken later change nothing: the last good
// ones stay in force, and the log says so, once for each fault.
func Open(files Files, logger *slog.Logger) (*Source, error) {
	first, err := files.read()
	if err != nil {
		return nil, err
	}
	ctx, end := context.WithCancel(context.Background())
	s := &Source{files: files, logger: logger, end: end, ended: make(chan struct{})}
	s.current.Store(first)
	go s.follow(ctx)
	return s, nil
}

// Close stops to follow the files.
func (s *Source) Close() {
	s.end()
	<-s.ended
}

// Config is a server's configuration for the protocols, in the order of
// preference ("h2", "http/1.1"). Each handshake uses the certificate in force.
func (s *Source) Config(protocols ...string) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: protocols,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			return s.current.Load().config(protocols), nil
		},
	}
}

func (s *Source) follow(ctx context.Context) {
	defer close(s.ended)
	ticker := time.NewTicker(refreshInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			s.refresh()
		case <-ctx.Done():
			return
		}
	}
}

// refresh puts the files in force if they have changed and can be used.
func (s *Source) refresh() {
	old := s.current.Load()
	read, err := s.files.read()
	switch {
	case err != nil:
		if s.fault != err.Error() {
			s.fault = err.Error()
			s.logger.Error("the TLS files cannot be used; what was read before stays in force", append(old.attributes(), "error", err)...)
		}
		return
	case !old.equal(read):
		s.current.Store(read)
		s.logger.Info("the TLS files have changed and are in force", read.attributes()...)
	case s.fault != "":
		s.logger.Info("the TLS files can be used again and are as before", read.attributes()...)
	}
	s.fault = ""
}
