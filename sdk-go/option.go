package fastpubsub

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/backoff"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/credential"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/outbox"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
)

// The defaults of the options.
const (
	defaultAttemptTimeout = 15 * time.Second
	defaultMessages       = 65536
	defaultBytes          = 8 << 20
)

// Option is an option of [Connect]; some are for [NewTokenClient], too.
type Option func(*settings)

// settings are what options set.
type settings struct {
	source             credential.Source
	security           transport.Security
	backoff            backoff.Policy
	attemptTimeout     time.Duration
	publishBuffer      outbox.Limits
	subscriptionBuffer bufferLimits
	onState            func(Status)
	onError            func(error)
	logger             *slog.Logger

	problems   []error
	clientOnly []string // the options given that only Connect takes
}

func defaults() *settings {
	return &settings{
		backoff:            backoff.Default,
		attemptTimeout:     defaultAttemptTimeout,
		publishBuffer:      outbox.Limits{Messages: defaultMessages, Bytes: defaultBytes},
		subscriptionBuffer: bufferLimits{Messages: defaultMessages, Bytes: defaultBytes},
		onState:            func(Status) {},
		logger:             slog.Default(),
	}
}

// settingsOf applies the options for Connect; the error names every wrong one.
func settingsOf(options []Option) (*settings, error) {
	s := defaults()
	s.apply(options)
	if s.source == nil {
		s.source = credential.Fixed("")
	}
	if slices.Contains(s.clientOnly, "WithToken") && slices.Contains(s.clientOnly, "WithTokenSource") {
		s.refuse(errors.New("WithToken and WithTokenSource exclude each other"))
	}
	if s.onError == nil {
		s.onError = func(err error) { s.logger.Warn("fastpubsub: something failed that no call returns", "error", err) }
	}
	return s, s.problem()
}

func (s *settings) apply(options []Option) {
	for _, option := range options {
		if option == nil {
			s.problems = append(s.problems, errors.New("an option is nil"))
			continue
		}
		option(s)
	}
}

func (s *settings) problem() error {
	if len(s.problems) == 0 {
		return nil
	}
	return publicError(fault.New(fault.RequestInvalid, errors.Join(s.problems...).Error()))
}

// forClient notes an option that only Connect takes.
func (s *settings) forClient(name string, problem error) {
	s.clientOnly = append(s.clientOnly, name)
	s.refuse(problem)
}

func (s *settings) refuse(problem error) {
	if problem != nil {
		s.problems = append(s.problems, problem)
	}
}

// WithToken sets an access token that stays the same. When it expires the client
// ends; see [WithTokenSource].
func WithToken(token string) Option {
	return func(s *settings) {
		s.forClient("WithToken", nil)
		s.source = credential.Fixed(token)
	}
}

// WithTokenSource sets where access tokens come from. The source is asked before
// every attempt to connect and shortly before the token in use expires; the fresh
// token replaces the old one without reconnecting.
func WithTokenSource(source TokenSource) Option {
	return func(s *settings) {
		if source == nil {
			s.forClient("WithTokenSource", errors.New("WithTokenSource: the source is nil"))
			return
		}
		s.forClient("WithTokenSource", nil)
		s.source = sourceAdapter{source}
	}
}

// WithBackoff sets how long to wait between attempts to connect: at random
// between 0 and a ceiling that starts with shortest and doubles with each failure
// up to longest. Default: 100 ms and 30 s.
func WithBackoff(shortest, longest time.Duration) Option {
	return func(s *settings) {
		var problem error
		if shortest <= 0 || longest < shortest {
			problem = fmt.Errorf("WithBackoff: %v and %v are not a range of positive times", shortest, longest)
		}
		s.forClient("WithBackoff", problem)
		s.backoff = backoff.Policy{Min: shortest, Max: longest}
	}
}

// WithAttemptTimeout bounds a single attempt to connect, from asking for the
// token to the server's welcome. Default: 15 s.
func WithAttemptTimeout(timeout time.Duration) Option {
	return func(s *settings) {
		var problem error
		if timeout <= 0 {
			problem = fmt.Errorf("WithAttemptTimeout: %v is not a positive time", timeout)
		}
		s.forClient("WithAttemptTimeout", problem)
		s.attemptTimeout = timeout
	}
}

// WithPublishBuffer bounds how many messages, and how many encoded bytes, wait to
// be sent or acknowledged. Default: 65536 messages and 8 MiB.
func WithPublishBuffer(messages, bytes int) Option {
	return func(s *settings) {
		s.forClient("WithPublishBuffer", positive("WithPublishBuffer", messages, bytes))
		s.publishBuffer = outbox.Limits{Messages: messages, Bytes: bytes}
	}
}

// WithSubscriptionBuffer bounds the buffer of each subscription that has no
// [WithBuffer] of its own. Default: 65536 messages and 8 MiB of payloads.
func WithSubscriptionBuffer(messages, bytes int) Option {
	return func(s *settings) {
		s.forClient("WithSubscriptionBuffer", positive("WithSubscriptionBuffer", messages, bytes))
		s.subscriptionBuffer = bufferLimits{Messages: messages, Bytes: bytes}
	}
}

// WithStateHandler sets a function that is told every change of the client's
// state, in order, one at a time. It may take its time: it holds up nothing.
func WithStateHandler(handler func(Status)) Option {
	return func(s *settings) {
		if handler == nil {
			s.forClient("WithStateHandler", errors.New("WithStateHandler: the handler is nil"))
			return
		}
		s.forClient("WithStateHandler", nil)
		s.onState = handler
	}
}

// WithErrorHandler sets a function that is told, with an *Error, what no call
// returns: refused publishes without acknowledgement, and tokens that could not
// be renewed. It is called in order, one at a time, and holds up nothing.
// Default: they are logged.
func WithErrorHandler(handler func(error)) Option {
	return func(s *settings) {
		if handler == nil {
			s.forClient("WithErrorHandler", errors.New("WithErrorHandler: the handler is nil"))
			return
		}
		s.forClient("WithErrorHandler", nil)
		s.onError = handler
	}
}

// WithLogger sets where the client logs: changes of its state and attempts that
// failed. Default: slog.Default().
func WithLogger(logger *slog.Logger) Option {
	return func(s *settings) {
		if logger == nil {
			s.forClient("WithLogger", errors.New("WithLogger: the logger is nil; use slog.New(slog.DiscardHandler) for silence"))
			return
		}
		s.forClient("WithLogger", nil)
		s.logger = logger
	}
}

// positive refuses limits that hold nothing.
func positive(option string, messages, bytes int) error {
	if messages > 0 && bytes > 0 {
		return nil
	}
	return publicError(fault.Newf(fault.RequestInvalid, "%s: %d messages and %d bytes are not both positive", option, messages, bytes))
}
