package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
	"github.com/fastpubsub/fastpubsub/server/internal/config"
)

// maxPayloadBytes is the largest payload that any server can be told to take.
// What is larger is not even read; what the server in question takes is checked
// by the client.
const maxPayloadBytes = 16 << 20

// publishing is what pub is told.
type publishing struct {
	connection *connection
	delivery   deliveryWord
	lines      bool
	noAck      bool
}

// deliveryWord is a delivery mode on the command line.
type deliveryWord string

const (
	deliverBroadcast  deliveryWord = "broadcast"
	deliverLowLatency deliveryWord = "low-latency"
	deliverRandom     deliveryWord = "random"
)

func (a *app) newPub() *cobra.Command {
	p := &publishing{connection: newConnection(), delivery: deliverBroadcast}
	return a.command(action{
		use:   "pub [flags] CHANNEL [PAYLOAD]",
		short: "Publish messages",
		long: "Publishes PAYLOAD to CHANNEL and waits until the server has accepted it. Without PAYLOAD,\n" +
			"or with \"-\", standard input is one payload; with --lines, each of its lines is one.",
		example: "  fastpubsub pub news.today 'hello'\n" +
			"  fastpubsub pub --tenant my-tenant pictures.cat < cat.jpg\n" +
			"  tail -f access.log | fastpubsub pub --lines logs.web",
		table:     append(p.rows(), p.connection.rows()...),
		arguments: p.checkArguments,
		run:       func(ctx context.Context, args []string) error { return a.publish(ctx, p, args) },
	})
}

func (p *publishing) rows() config.Table {
	return config.Table{
		{
			Name: "lines", Group: groupMessages, Value: config.Switch(&p.lines),
			Meaning: "publish each line of standard input, without its line end",
		},
		{
			Name: "delivery", Group: groupMessages, Value: config.Choice(&p.delivery, deliverBroadcast, deliverLowLatency, deliverRandom),
			Meaning: "to every subscriber, to one that is near, or to one at random",
		},
		{
			Name: "no-ack", Group: groupMessages, Value: config.Switch(&p.noAck),
			Meaning: "do not wait for acknowledgements; refusals are still reported",
		},
	}
}

func (p *publishing) checkArguments(args []string) error {
	switch {
	case len(args) == 0:
		return errors.New("pub needs a channel: pub CHANNEL [PAYLOAD]")
	case len(args) > 2:
		return fmt.Errorf("pub takes one channel and one payload, not %d arguments; quote a payload with blanks", len(args))
	default:
		return nil
	}
}

func (p *publishing) check(args []string) error {
	if p.lines && len(args) == 2 && args[1] != "-" {
		return &misuse{errors.New("--lines publishes standard input; leave the payload away")}
	}
	if err := checkTenant(p.connection.tenant); err != nil {
		return err
	}
	return checkChannel(args[0])
}

// options are the SDK's options for each message.
func (p *publishing) options() []fastpubsub.PublishOption {
	modes := map[deliveryWord]fastpubsub.DeliveryMode{
		deliverBroadcast:  fastpubsub.DeliverBroadcast,
		deliverLowLatency: fastpubsub.DeliverOneLowLatency,
		deliverRandom:     fastpubsub.DeliverOneRandom,
	}
	options := []fastpubsub.PublishOption{fastpubsub.WithDelivery(modes[p.delivery])}
	if p.noAck {
		options = append(options, fastpubsub.WithoutAck())
	}
	return options
}

func (a *app) publish(ctx context.Context, p *publishing, args []string) (err error) {
	if err := p.check(args); err != nil {
		return err
	}
	var refusal firstError // of messages without acknowledgement
	client, err := a.connect(ctx, p.connection, refusal.keep)
	if err != nil {
		return err
	}
	defer func() {
		// Close waits until the server has handled everything: then every refusal is
		// known.
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.connection.timeout)
		defer cancel()
		closeError := client.Close(closing)
		if err == nil {
			err = errors.Join(refusal.get(), closeError)
		}
	}()
	to := &stream{client: client, tenant: p.connection.tenant, channel: args[0], timeout: p.connection.timeout, options: p.options()}
	switch {
	case p.lines:
		return to.publishLines(ctx, a.input(ctx))
	case len(args) == 2 && args[1] != "-":
		return to.publish(ctx, []byte(args[1]))
	default:
		payload, err := wholeInput(a.input(ctx), maxPayloadBytes)
		if err != nil {
			return unlessInterrupted(ctx, err)
		}
		return to.publish(ctx, payload)
	}
}
