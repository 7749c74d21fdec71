package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/fastpubsub/fastpubsub/server"
	"github.com/fastpubsub/fastpubsub/server/internal/config"
)

func (a *app) newServe() *cobra.Command {
	serve := config.DefaultServe()
	table := config.ServeTable(serve)
	return a.command(action{
		use:   "serve [flags]",
		short: "Run a server",
		long: "Runs a server until SIGTERM or SIGINT drains it: clients are told to move to another\n" +
			"server, and the process ends with code 0 when they have moved or --drain-timeout is over.\n" +
			"A second signal ends it at once, with code 130.",
		example: "  fastpubsub serve --dev\n" +
			"  FASTPUBSUB_MASTER_TOKEN=$(openssl rand -hex 32) fastpubsub serve --data-dir /var/lib/fastpubsub",
		table: table,
		load: func(in config.Input) error {
			if err := a.loadServe(serve, table, in); err != nil {
				return err
			}
			return serve.Check(table)
		},
		signals: true,
		run:     func(ctx context.Context, _ []string) error { return a.serve(ctx, serve, table) },
	})
}

// service is one run of serve.
type service struct {
	app       *app
	settings  *config.Serve
	server    *server.Server
	readyFile readyFile
	dev       *development // nil without --dev
}

func (a *app) serve(ctx context.Context, settings *config.Serve, table config.Table) (err error) {
	s := &service{app: a, settings: settings, readyFile: readyFile(settings.ReadyFile)}
	if settings.Dev {
		s.dev = newDevelopment(&settings.Server)
	}
	settings.Server.Logger = newLogger(a.stderr, settings)
	if s.server, err = server.New(settings.Server); err != nil {
		return refused(table.InSettings(err))
	}
	if err := s.readyFile.remove(); err != nil { // of a server that was killed
		return errors.Join(err, s.server.Close())
	}
	defer func() { err = errors.Join(err, s.readyFile.remove()) }()
	return s.run(ctx)
}

// refused is wrong use if settings are to blame.
func refused(err error) error {
	var fault *config.Error
	if errors.As(err, &fault) {
		return &misuse{err}
	}
	return err
}

// endPatience is how long a server may take to end after a second signal. Tokens
// are safe already, so nothing is lost with the process.
const endPatience = 100 * time.Millisecond

// run serves until the server has been drained, or is ended by a second signal
// or by ctx.
func (s *service) run(ctx context.Context) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	done := make(chan error, 1)
	go func() { done <- s.server.Run(ctx) }()
	ready, signals := s.server.Ready(), 0
	var late <-chan time.Time
	for {
		select {
		case err := <-done:
			return s.ended(ctx, err)
		case <-late:
			return errInterrupted // what still waits for a client ends with the process
		case <-ready:
			ready = nil
			if err := s.announce(ctx); err != nil {
				end(err)
			}
		case signal := <-s.app.Signals:
			if signals++; signals == 1 {
				s.drain(signal)
			} else {
				end(errInterrupted)
				late = time.After(endPatience)
			}
		}
	}
}

func (s *service) drain(signal os.Signal) {
	fmt.Fprintf(s.app.stderr, "fastpubsub: %s: draining for up to %s; once more ends at once\n",
		signal, config.FormatDuration(s.settings.Server.DrainTimeout))
	s.server.Drain()
}

// ended is the error of a server that does not run any more. One that was ended
// before its time is interrupted, whatever it says itself.
func (s *service) ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return interruption(ctx)
	}
	return err
}

// announce tells everybody that the server is there: first programs that wait
// for the ready file, then people.
func (s *service) announce(ctx context.Context) error {
	content := ready{HTTP: s.server.HTTPAddr(), GRPC: s.server.GRPCAddr(), Metrics: s.ownMetricsAddr(), PID: os.Getpid()}
	if s.dev != nil {
		if err := s.dev.createToken(ctx, s.server); err != nil {
			return err
		}
		content.MasterToken, content.AccessToken = s.dev.master.Reveal(), s.dev.access.Reveal()
	}
	if err := s.readyFile.write(content); err != nil {
		return err
	}
	if s.readyFile != "" {
		s.settings.Server.Logger.Info("the ready file is written", "path", string(s.readyFile))
	}
	if s.dev != nil {
		greeting{
			addresses: content, tls: s.settings.Server.TLS,
			ttl: config.FormatDuration(s.dev.ttl), program: currentProgram(),
		}.write(s.app.stderr)
	}
	return nil
}

func (s *service) ownMetricsAddr() string {
	if s.settings.Server.MetricsAddr == "" {
		return ""
	}
	return s.server.MetricsAddr()
}
