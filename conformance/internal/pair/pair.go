// Package pair makes one driver of two, so that a case runs with two SDKs at
// once: its first client is the first driver's, the second the other's, and so
// on in turn. A case written for one SDK, in which a listener is opened before a
// writer, then shows that what one SDK writes the other reads.
package pair

import (
	"errors"
	"io"
	"slices"
	"sync"

	"google.golang.org/protobuf/proto"

	"github.com/fastpubsub/fastpubsub/conformance/internal/driver"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// Name is what a pair is called in reports.
func Name(writer, listener string) string { return writer + "→" + listener }

// Starter starts both drivers as one.
func Starter(listener, writer scenario.Starter) scenario.Starter {
	return func(diagnostics io.Writer, events func(*conformancev1.Event)) (*driver.Driver, error) {
		p := newPair()
		var err error
		if p.drivers[listening], err = listener(diagnostics, p.report); err != nil {
			return nil, err
		}
		if p.drivers[writing], err = writer(diagnostics, p.report); err != nil {
			return nil, errors.Join(err, p.drivers[listening].Close())
		}
		d, err := driver.StartInProcess(p.serve, events)
		if err != nil {
			return nil, errors.Join(err, p.close())
		}
		return d, nil
	}
}

// The sides of a pair.
const (
	listening = iota
	writing
	sides
)

// pair is two drivers that look like one.
type pair struct {
	drivers [sides]*driver.Driver
	running sync.WaitGroup // commands

	// Of the goroutine that reads commands.
	opened        int
	clients       map[uint64]int
	subscriptions map[uint64]int

	mu       sync.Mutex
	out      io.Writer // nil: not serving yet
	sequence uint64
	writeErr error // the first
}

func newPair() *pair {
	return &pair{clients: map[uint64]int{}, subscriptions: map[uint64]int{}}
}

func (p *pair) close() error {
	return errors.Join(p.drivers[listening].Close(), p.drivers[writing].Close())
}

// serve is the main function of the driver that the pair looks like.
func (p *pair) serve(in io.Reader, out io.Writer) error {
	p.mu.Lock()
	p.out = out
	p.mu.Unlock()
	p.write(func() *conformancev1.DriverFrame {
		return &conformancev1.DriverFrame{Frame: &conformancev1.DriverFrame_Hello{Hello: p.hello()}}
	})
	var err error
	for err == nil {
		command := new(conformancev1.RunnerFrame)
		if err = driver.ReadFrame(in, command); err == nil {
			p.start(command)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	err = errors.Join(err, p.close())
	p.running.Wait()
	return errors.Join(err, p.writeErr)
}

// hello is what both can do.
func (p *pair) hello() *conformancev1.Hello {
	l, w := p.drivers[listening].Hello(), p.drivers[writing].Hello()
	return &conformancev1.Hello{
		ProtocolVersion: l.GetProtocolVersion(),
		Sdk:             Name(w.GetSdk(), l.GetSdk()),
		SdkVersion:      Name(w.GetSdkVersion(), l.GetSdkVersion()),
		Runtime:         Name(w.GetRuntime(), l.GetRuntime()),
		Capabilities: slices.DeleteFunc(slices.Clone(l.GetCapabilities()), func(name string) bool {
			return !slices.Contains(w.GetCapabilities(), name)
		}),
	}
}

// start passes a command on.
func (p *pair) start(command *conformancev1.RunnerFrame) {
	id := command.GetCommandId()
	if command.GetCloseAll() != nil {
		p.opened, p.clients, p.subscriptions = 0, map[uint64]int{}, map[uint64]int{}
		first := p.drivers[listening].Start(proto.Clone(command).(*conformancev1.RunnerFrame))
		second := p.drivers[writing].Start(command)
		p.running.Go(func() { p.answer(id, both(<-first, <-second)) })
		return
	}
	result := p.drivers[p.sideOf(command)].Start(command)
	p.running.Go(func() { p.answer(id, <-result) })
}

// sideOf says whose a command is. Those of clients that nobody has opened, and
// those of no client, are the listener's.
func (p *pair) sideOf(command *conformancev1.RunnerFrame) int {
	switch c := command.GetCommand().(type) {
	case *conformancev1.RunnerFrame_Open:
		p.clients[c.Open.GetClient()] = p.opened % sides
		p.opened++
		return p.clients[c.Open.GetClient()]
	case *conformancev1.RunnerFrame_Close:
		return p.clients[c.Close.GetClient()]
	case *conformancev1.RunnerFrame_Subscribe:
		side := p.clients[c.Subscribe.GetClient()]
		p.subscriptions[c.Subscribe.GetSubscription()] = side
		return side
	case *conformancev1.RunnerFrame_Unsubscribe:
		return p.subscriptions[c.Unsubscribe.GetSubscription()]
	case *conformancev1.RunnerFrame_Publish:
		return p.clients[c.Publish.GetClient()]
	case *conformancev1.RunnerFrame_PublishBurst:
		return p.clients[c.PublishBurst.GetClient()]
	case *conformancev1.RunnerFrame_Consume:
		return p.subscriptions[c.Consume.GetSubscription()]
	case *conformancev1.RunnerFrame_SupplyToken:
		return p.clients[c.SupplyToken.GetClient()]
	case *conformancev1.RunnerFrame_Inspect:
		return p.clients[c.Inspect.GetClient()]
	default:
		return listening
	}
}

// both is the result of a close-all in both drivers.
func both(first, second *conformancev1.Result) *conformancev1.Result {
	if first.GetSuccess().GetCloseAll() == nil {
		return first
	}
	if second.GetSuccess().GetCloseAll() == nil {
		return second
	}
	total, more := first.GetSuccess().GetCloseAll(), second.GetSuccess().GetCloseAll()
	total.Leaked += more.GetLeaked()
	total.Detail += more.GetDetail()
	return first
}

func (p *pair) answer(id uint64, result *conformancev1.Result) {
	result.CommandId = id
	p.write(func() *conformancev1.DriverFrame {
		return &conformancev1.DriverFrame{Frame: &conformancev1.DriverFrame_Result{Result: result}}
	})
}

// report passes an event on, numbered anew. What a driver reports before it has
// been told anything is nobody's.
func (p *pair) report(event *conformancev1.Event) {
	p.write(func() *conformancev1.DriverFrame {
		p.sequence++
		event.Sequence = p.sequence
		return &conformancev1.DriverFrame{Frame: &conformancev1.DriverFrame_Event{Event: event}}
	})
}

// write writes the frame that make makes, under the lock of the pipe.
func (p *pair) write(make func() *conformancev1.DriverFrame) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.out == nil {
		return
	}
	if err := driver.WriteFrame(p.out, make()); err != nil && p.writeErr == nil {
		p.writeErr = err
	}
}
