package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// closeTimeout is how long a client that was interrupted, or has what it wants,
// waits for an orderly end.
const closeTimeout = 2 * time.Second

// connect connects, and tells on standard error when that does not work at once,
// and later when the connection is lost and made again. onError takes what no
// call of the SDK returns.
func (a *app) connect(ctx context.Context, c *connection, onError func(error)) (*fastpubsub.Client, error) {
	if err := c.checkToken(); err != nil {
		return nil, err
	}
	security, err := c.tls.options()
	if err != nil {
		return nil, err
	}
	attempts := &attemptNotice{app: a, url: c.url, timeout: c.timeout}
	options := append(security,
		fastpubsub.WithToken(c.token.Reveal()),
		fastpubsub.WithAttemptTimeout(c.timeout),
		fastpubsub.WithLogger(slog.New(attempts)),
		fastpubsub.WithStateHandler((&stateNotice{app: a}).tell),
		fastpubsub.WithErrorHandler(onError),
	)
	waiting, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	connected, err := fastpubsub.Connect(waiting, c.url, options...)
	if err != nil {
		return nil, unlessInterrupted(ctx, notConnected(c.url, err))
	}
	attempts.quiet.Store(true)
	return connected, nil
}

// notConnected names the server. Settings that do not fit together are wrong use.
func notConnected(url string, err error) error {
	err = fmt.Errorf("cannot connect to %s: %w", url, err)
	if errors.Is(err, fastpubsub.ReasonRequestInvalid) {
		return &misuse{err}
	}
	return err
}

// closeSoon ends a client whose work is done; it also works when ctx has ended.
func closeSoon(ctx context.Context, c *fastpubsub.Client) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	return c.Close(ctx)
}

// unlessInterrupted is err, or the interruption that is behind it.
func unlessInterrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return interruption(ctx)
	}
	return err
}
