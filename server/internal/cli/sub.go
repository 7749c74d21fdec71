package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
	"github.com/fastpubsub/fastpubsub/server/internal/config"
)

// subscribing is what sub is told.
type subscribing struct {
	connection *connection
	asJSON     bool
	raw        bool
	count      int
}

func (a *app) newSub() *cobra.Command {
	s := &subscribing{connection: newConnection()}
	return a.command(action{
		use:   "sub [flags] PATTERN…",
		short: "Print what is published",
		long: "Prints the payload of every message that matches a pattern, one a line, until it is\n" +
			"interrupted. A message that matches several of the patterns is printed once. Lost\n" +
			"connections are made again; standard error says so, and when messages are missing.",
		example: "  fastpubsub sub 'news.#'\n" +
			"  fastpubsub sub --tenant my-tenant --json 'orders.*.created' 'orders.*.paid' | jq .payload\n" +
			"  fastpubsub sub --count 1 --raw pictures.cat > cat.jpg",
		table:     append(s.rows(), s.connection.rows()...),
		arguments: func(args []string) error { return s.checkArguments(args) },
		run:       func(ctx context.Context, args []string) error { return a.subscribe(ctx, s, args) },
	})
}

func (s *subscribing) rows() config.Table {
	return config.Table{
		jsonRow(&s.asJSON, "print one JSON object a message"),
		{
			Name: "raw", Group: groupOutput, Value: config.Switch(&s.raw),
			Meaning: "print the bytes of payloads and nothing else, not even line ends",
		},
		{
			Name: "count", Group: groupOutput, Value: config.Count(&s.count, 0, math.MaxInt32, "messages", "no limit"),
			Meaning: "end after so many messages",
		},
	}
}

func (s *subscribing) checkArguments(args []string) error {
	if len(args) == 0 {
		return errors.New("sub needs a pattern: sub PATTERN…")
	}
	return nil
}

// form is how messages are printed.
func (s *subscribing) form() (form, error) {
	switch {
	case s.asJSON && s.raw:
		return nil, &misuse{errors.New("--json and --raw exclude each other")}
	case s.asJSON:
		return jsonLine, nil
	case s.raw:
		return payloadOnly, nil
	default:
		return payloadLine, nil
	}
}

func (a *app) subscribe(ctx context.Context, s *subscribing, args []string) error {
	form, err := s.form()
	if err != nil {
		return err
	}
	if err := checkTenant(s.connection.tenant); err != nil {
		return err
	}
	patterns, err := parsePatterns(args)
	if err != nil {
		return err
	}
	client, err := a.connect(ctx, s.connection, func(err error) { a.notice("%s", plainError(err)) })
	if err != nil {
		return err
	}
	listening := &listening{app: a, client: client, settings: s, patterns: patterns, printer: newPrinter(a.stdout, form, s.count)}
	err = listening.run(ctx)
	_ = closeSoon(ctx, client) // nothing is lost that anybody waits for
	return err
}

// listening is one run of sub.
type listening struct {
	app      *app
	client   *fastpubsub.Client
	settings *subscribing
	patterns *patternList
	printer  *printer
}

var errEnough = errors.New("enough messages")

// run prints messages until there are enough, or until the client ends.
func (l *listening) run(ctx context.Context) error {
	subscriptions, err := l.subscribe(ctx)
	if err != nil {
		return err
	}
	l.app.notice("subscribed to %s", strings.Join(l.patterns.texts, " "))
	group, inner := errgroup.WithContext(ctx)
	for i, subscription := range subscriptions {
		group.Go(func() error { return l.follow(inner, subscription, i) })
	}
	group.Go(func() error {
		select {
		case <-l.printer.full:
			return errEnough
		case <-inner.Done():
			return nil
		case <-l.client.Done():
			return l.client.Status().Cause
		}
	})
	err = group.Wait()
	if errors.Is(err, errEnough) {
		return nil
	}
	return unlessInterrupted(ctx, err)
}

func (l *listening) subscribe(ctx context.Context) ([]*fastpubsub.Subscription, error) {
	waiting, cancel := context.WithTimeout(ctx, l.settings.connection.timeout)
	defer cancel()
	subscriptions := make([]*fastpubsub.Subscription, len(l.patterns.texts))
	for i, pattern := range l.patterns.texts {
		subscription, err := l.client.Subscribe(waiting, l.settings.connection.tenant, pattern)
		if err != nil {
			return nil, unlessInterrupted(ctx, fmt.Errorf("cannot subscribe to %s: %w", pattern, err))
		}
		subscriptions[i] = subscription
	}
	return subscriptions, nil
}

// follow prints the messages of one subscription. A message that matches an
// earlier pattern, too, is left to that one's subscription: so it is printed
// once, and messages of one channel stay in order.
func (l *listening) follow(ctx context.Context, subscription *fastpubsub.Subscription, place int) error {
	pattern := l.patterns.texts[place]
	for message, err := range subscription.Messages(ctx) {
		var lagged *fastpubsub.LaggedError
		switch {
		case errors.As(err, &lagged):
			if !lagged.AtServer || place == 0 { // the server's is told to every subscription
				l.app.notice("messages are missing: %s", plainError(lagged))
			}
			continue
		case err != nil:
			return fmt.Errorf("subscription to %s: %w", pattern, err)
		}
		matching := l.patterns.matching(message.Channel)
		if len(matching) == 0 || matching[0] != pattern {
			continue
		}
		if err := l.printer.print(received{
			tenant: message.Tenant, channel: message.Channel, payload: message.Payload, patterns: matching,
			id: message.ID.String(), publishedAt: message.PublishedAt,
		}); err != nil {
			return fmt.Errorf("cannot write to standard output: %w", err)
		}
	}
	return nil
}
