package pair

import (
	"io"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/fastpubsub/fastpubsub/conformance/internal/driver"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// fake is a driver that answers everything, and reports an event with each
// answer: the command was the nth of this driver.
type fake struct {
	name         string
	capabilities []string

	mu       sync.Mutex
	commands []*conformancev1.RunnerFrame
}

func (f *fake) start(_ io.Writer, events func(*conformancev1.Event)) (*driver.Driver, error) {
	return driver.StartInProcess(f.serve, events)
}

func (f *fake) serve(in io.Reader, out io.Writer) error {
	err := driver.WriteFrame(out, &conformancev1.DriverFrame{Frame: &conformancev1.DriverFrame_Hello{Hello: &conformancev1.Hello{
		ProtocolVersion: 1, Sdk: f.name, SdkVersion: "1-" + f.name, Runtime: "r-" + f.name, Capabilities: f.capabilities,
	}}})
	for n := uint64(1); err == nil; n++ {
		command := new(conformancev1.RunnerFrame)
		if driver.ReadFrame(in, command) != nil {
			return nil
		}
		f.mu.Lock()
		f.commands = append(f.commands, command)
		f.mu.Unlock()
		event := &conformancev1.Event{Sequence: n, Event: &conformancev1.Event_TokenRequested{TokenRequested: &conformancev1.TokenRequested{Client: n}}}
		if err = driver.WriteFrame(out, &conformancev1.DriverFrame{Frame: &conformancev1.DriverFrame_Event{Event: event}}); err == nil {
			err = driver.WriteFrame(out, &conformancev1.DriverFrame{Frame: &conformancev1.DriverFrame_Result{Result: f.answer(command)}})
		}
	}
	return err
}

func (f *fake) answer(command *conformancev1.RunnerFrame) *conformancev1.Result {
	success := &conformancev1.Success{}
	if command.GetCloseAll() != nil {
		success.Value = &conformancev1.Success_CloseAll{CloseAll: &conformancev1.CloseAllAnswer{Leaked: 1, Detail: f.name}}
	}
	return &conformancev1.Result{CommandId: command.GetCommandId(), Outcome: &conformancev1.Result_Success{Success: success}}
}

func (f *fake) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.commands)
}

// started is a pair of two fakes, and the events that it reports.
func started(t *testing.T, listener, writer *fake) (*driver.Driver, <-chan *conformancev1.Event) {
	events := make(chan *conformancev1.Event, 100)
	var start scenario.Starter = Starter(listener.start, writer.start)
	d, err := start(io.Discard, func(e *conformancev1.Event) { events <- e })
	require.NoError(t, err)
	return d, events
}

func open(client uint64) *conformancev1.RunnerFrame {
	return &conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_Open{Open: &conformancev1.OpenCommand{Client: client}}}
}

func TestHelloIsWhatBothCanDo(t *testing.T) {
	defer goleak.VerifyNone(t)
	d, _ := started(t, &fake{name: "go", capabilities: []string{"grpc", "lag", "leaks"}}, &fake{name: "rust", capabilities: []string{"leaks", "grpc"}})
	assert.Equal(t, "rust→go", d.Hello().GetSdk())
	assert.Equal(t, "1-rust→1-go", d.Hello().GetSdkVersion())
	assert.Equal(t, []string{"grpc", "leaks"}, d.Hello().GetCapabilities())
	require.NoError(t, d.Close())
}

// TestCommandsGoWhereTheirClientIs also shows that events keep a sequence
// without a gap; the driver's reader would break off otherwise.
func TestCommandsGoWhereTheirClientIs(t *testing.T) {
	defer goleak.VerifyNone(t)
	listener, writer := &fake{name: "a"}, &fake{name: "b"}
	d, events := started(t, listener, writer)
	give := func(command *conformancev1.RunnerFrame) *conformancev1.Result {
		result := <-d.Start(command)
		require.NotNil(t, result.GetSuccess(), result)
		<-events
		return result
	}
	give(open(1))
	give(open(2))
	give(open(3))
	assert.Equal(t, [2]int{2, 1}, [2]int{listener.count(), writer.count()})
	give(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_Subscribe{Subscribe: &conformancev1.SubscribeCommand{Client: 2, Subscription: 9}}})
	for _, command := range []*conformancev1.RunnerFrame{
		{Command: &conformancev1.RunnerFrame_Consume{Consume: &conformancev1.ConsumeCommand{Subscription: 9}}},
		{Command: &conformancev1.RunnerFrame_Unsubscribe{Unsubscribe: &conformancev1.UnsubscribeCommand{Subscription: 9}}},
		{Command: &conformancev1.RunnerFrame_Publish{Publish: &conformancev1.PublishCommand{Client: 2}}},
		{Command: &conformancev1.RunnerFrame_PublishBurst{PublishBurst: &conformancev1.PublishBurstCommand{Client: 2}}},
		{Command: &conformancev1.RunnerFrame_SupplyToken{SupplyToken: &conformancev1.SupplyTokenCommand{Client: 2}}},
		{Command: &conformancev1.RunnerFrame_Inspect{Inspect: &conformancev1.InspectCommand{Client: 2}}},
		{Command: &conformancev1.RunnerFrame_Close{Close: &conformancev1.CloseCommand{Client: 2}}},
	} {
		give(command)
	}
	assert.Equal(t, [2]int{2, 9}, [2]int{listener.count(), writer.count()})

	all := give(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_CloseAll{CloseAll: &conformancev1.CloseAllCommand{}}})
	assert.Equal(t, uint32(2), all.GetSuccess().GetCloseAll().GetLeaked())
	assert.Equal(t, "ab", all.GetSuccess().GetCloseAll().GetDetail())
	<-events // both have reported one
	give(open(4))
	assert.Equal(t, [2]int{4, 10}, [2]int{listener.count(), writer.count()}, "the turn begins anew")
	require.NoError(t, d.Close())
}

func TestADriverThatDoesNotStart(t *testing.T) {
	defer goleak.VerifyNone(t)
	broken := func(io.Writer, func(*conformancev1.Event)) (*driver.Driver, error) {
		return nil, &driver.Fault{Problem: "no driver"}
	}
	for _, start := range []scenario.Starter{Starter((&fake{}).start, broken), Starter(broken, (&fake{}).start)} {
		_, err := start(io.Discard, func(*conformancev1.Event) {})
		assert.ErrorContains(t, err, "no driver")
	}
}
