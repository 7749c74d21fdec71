package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
	"github.com/fastpubsub/fastpubsub/server/internal/config"
)

// notice writes a line for people.
func (a *app) notice(format string, args ...any) {
	fmt.Fprintln(a.stderr, "fastpubsub: "+redactTokens(fmt.Sprintf(format, args...)))
}

// stateNotice tells when a connection is lost, and when it is back. The SDK calls
// it in order.
type stateNotice struct {
	app  *app
	lost bool
}

func (n *stateNotice) tell(status fastpubsub.Status) {
	switch status.State {
	case fastpubsub.StateReconnecting:
		n.lost = true
		n.app.notice("connection lost, reconnecting: %s", plainError(status.Cause))
	case fastpubsub.StateConnected:
		if n.lost {
			n.lost = false
			n.app.notice("connected again; what was published meanwhile may be missing")
		}
	case fastpubsub.StateConnecting, fastpubsub.StateClosed:
	}
}

// attemptNotice is a log of the SDK of which people get one line: that a server
// does not answer, once a second attempt has failed. (After a refusal that is
// final there is no second one.) The rest is told by stateNotice and by errors.
type attemptNotice struct {
	app     *app
	url     string
	timeout time.Duration
	quiet   atomic.Bool // told, or connected
}

func (n *attemptNotice) Enabled(context.Context, slog.Level) bool { return !n.quiet.Load() }

func (n *attemptNotice) Handle(_ context.Context, record slog.Record) error {
	record.Attrs(func(attr slog.Attr) bool {
		if attr.Key == "attempt" && attr.Value.Kind() == slog.KindInt64 && attr.Value.Int64() > 1 && !n.quiet.Swap(true) {
			n.app.notice("%s does not answer; trying for %s", n.url, config.FormatDuration(n.timeout))
		}
		return true
	})
	return nil
}

func (n *attemptNotice) WithAttrs([]slog.Attr) slog.Handler { return n }
func (n *attemptNotice) WithGroup(string) slog.Handler      { return n }

// plainError is an error's text without the SDK's name before it.
func plainError(err error) string {
	var failure *fastpubsub.Error
	if !errors.As(err, &failure) {
		return strings.TrimPrefix(fmt.Sprint(err), "fastpubsub: ")
	}
	text := string(failure.Reason) + ": " + failure.Message
	if cause := failure.Unwrap(); cause != nil {
		text += ": " + plainError(cause)
	}
	return text
}

// firstError keeps the first of the errors that several goroutines meet.
type firstError struct {
	mutex sync.Mutex
	err   error
}

func (f *firstError) keep(err error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.err == nil {
		f.err = err
	}
}

func (f *firstError) get() error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.err
}
