package godriver

import (
	"errors"
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/internal/driver"
	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// fullDisk takes some writes and then no more.
type fullDisk struct{ left int }

var errFull = errors.New("no space left on device")

func (d *fullDisk) Write(b []byte) (int, error) {
	if d.left--; d.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

// A pipe that breaks ends the driver with an error, although the runner says
// nothing more.
func TestWhatCannotBeWrittenEndsTheDriver(t *testing.T) {
	in, runner := io.Pipe()
	defer func() { require.NoError(t, runner.Close()) }()
	assert.ErrorIs(t, Serve(in, &fullDisk{}), errFull)

	in, runner2 := io.Pipe()
	defer func() { require.NoError(t, runner2.Close()) }()
	ended := make(chan error, 1)
	go func() { ended <- Serve(in, &fullDisk{left: 1}) }()
	require.NoError(t, driver.WriteFrame(runner2, &conformancev1.RunnerFrame{
		CommandId: 1, Command: &conformancev1.RunnerFrame_CloseAll{CloseAll: &conformancev1.CloseAllCommand{}},
	}))
	assert.ErrorIs(t, <-ended, errFull)
}

func TestAFrameThatCannotBeReadEndsTheDriver(t *testing.T) {
	in, runner := io.Pipe()
	go func() {
		_, _ = runner.Write([]byte{0, 0, 0, 9, 1})
		_ = runner.Close()
	}()
	assert.Error(t, Serve(in, io.Discard))
}

// A publish of a client that still connects holds up nothing, and is answered
// when the client has given up.
func TestAPublishWhileTheClientConnectsHoldsUpNothing(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	require.NoError(t, err)
	defer func() { require.NoError(t, silent.Close()) }()
	d, err := driver.StartInProcess(Serve, func(*conformancev1.Event) {})
	require.NoError(t, err)
	defer func() { require.NoError(t, d.Close()) }()
	opening := d.Start(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_Open{
		Open: &conformancev1.OpenCommand{Client: 1, Url: "ws://" + silent.Addr().String(), Token: "AT_1_2"},
	}})
	publishing := d.Start(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_Publish{
		Publish: &conformancev1.PublishCommand{Client: 1, Tenant: "t", Channel: "c"},
	}})
	supplied := d.Start(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_SupplyToken{
		SupplyToken: &conformancev1.SupplyTokenCommand{Client: 1, Token: "AT_3_4"},
	}})
	require.NotNil(t, (<-supplied).GetSuccess(), "the driver goes on")
	assert.Empty(t, opening)
	assert.Empty(t, publishing)
	closing := d.Start(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_Close{Close: &conformancev1.CloseCommand{Client: 1}}})
	require.NotNil(t, (<-closing).GetSuccess())
	assert.Equal(t, "CANCELED", (<-opening).GetError().GetReason())
	assert.Contains(t, (<-publishing).GetFault(), "there is no client 1")
}

// silentServer takes connections and says nothing.
func silentServer(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return "ws://" + l.Addr().String()
}

func cancelOf(id uint64) *conformancev1.RunnerFrame {
	return &conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_Cancel{Cancel: &conformancev1.CancelCommand{CommandId: id}}}
}

// A command that is given up has one result, and others go on. One that has ended,
// or never was, stays as it is.
func TestACommandIsGivenUp(t *testing.T) {
	d, err := driver.StartInProcess(Serve, func(*conformancev1.Event) {})
	require.NoError(t, err)
	defer func() { require.NoError(t, d.Close()) }()
	open := &conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_Open{
		Open: &conformancev1.OpenCommand{Client: 1, Url: silentServer(t), Token: "AT_1_2"},
	}}
	publish := &conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_Publish{
		Publish: &conformancev1.PublishCommand{Client: 1, Tenant: "t", Channel: "c"},
	}}
	subscribe := &conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_Subscribe{
		Subscribe: &conformancev1.SubscribeCommand{Client: 1, Subscription: 2, Tenant: "t", Pattern: "c"},
	}}
	opening, publishing, subscribing := d.Start(open), d.Start(publish), d.Start(subscribe)
	for _, waits := range []struct {
		id     uint64
		result <-chan *conformancev1.Result
	}{{publish.GetCommandId(), publishing}, {subscribe.GetCommandId(), subscribing}} {
		require.NotNil(t, (<-d.Start(cancelOf(waits.id))).GetSuccess())
		assert.NotNil(t, (<-waits.result).GetCanceled(), "it had not called the SDK")
	}
	assert.Empty(t, opening)
	require.NotNil(t, (<-d.Start(cancelOf(open.GetCommandId()))).GetSuccess())
	assert.Equal(t, "CANCELED", (<-opening).GetError().GetReason())
	for _, id := range []uint64{open.GetCommandId(), 99} {
		assert.NotNil(t, (<-d.Start(cancelOf(id))).GetSuccess())
	}
}

// A client that is dropped while it connects gives up, and is not known any more.
func TestAClientIsDropped(t *testing.T) {
	d, err := driver.StartInProcess(Serve, func(*conformancev1.Event) {})
	require.NoError(t, err)
	defer func() { require.NoError(t, d.Close()) }()
	drop := func() *conformancev1.RunnerFrame {
		return &conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_Drop{Drop: &conformancev1.DropCommand{Client: 1}}}
	}
	opening := d.Start(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_Open{
		Open: &conformancev1.OpenCommand{Client: 1, Url: silentServer(t), Token: "AT_1_2"},
	}})
	require.NotNil(t, (<-d.Start(drop())).GetSuccess())
	assert.Equal(t, "CANCELED", (<-opening).GetError().GetReason())
	assert.Contains(t, (<-d.Start(drop())).GetFault(), "there is no client 1")
}
