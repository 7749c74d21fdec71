package driver

import (
	"bytes"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

func hello(version uint32) *conformancev1.DriverFrame {
	return &conformancev1.DriverFrame{Frame: &conformancev1.DriverFrame_Hello{Hello: &conformancev1.Hello{ProtocolVersion: version, Sdk: "test"}}}
}

func result(id uint64) *conformancev1.DriverFrame {
	return &conformancev1.DriverFrame{Frame: &conformancev1.DriverFrame_Result{Result: &conformancev1.Result{
		CommandId: id, Outcome: &conformancev1.Result_Success{Success: &conformancev1.Success{}},
	}}}
}

func event(sequence uint64) *conformancev1.DriverFrame {
	return &conformancev1.DriverFrame{Frame: &conformancev1.DriverFrame_Event{Event: &conformancev1.Event{Sequence: sequence}}}
}

// serve greets, answers each command, and reports an event with each; answers
// changes what is sent for a command.
func serve(answers func(id uint64) []*conformancev1.DriverFrame) func(io.Reader, io.Writer) error {
	return func(in io.Reader, out io.Writer) error {
		if err := WriteFrame(out, hello(1)); err != nil {
			return err
		}
		for {
			command := new(conformancev1.RunnerFrame)
			if err := ReadFrame(in, command); err != nil {
				return nil
			}
			for _, frame := range answers(command.GetCommandId()) {
				if err := WriteFrame(out, frame); err != nil {
					return err
				}
			}
		}
	}
}

func closeAll() *conformancev1.RunnerFrame {
	return &conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_CloseAll{CloseAll: &conformancev1.CloseAllCommand{}}}
}

func TestCommandsAndEvents(t *testing.T) {
	defer goleak.VerifyNone(t)
	events := make(chan uint64, 10)
	d, err := StartInProcess(serve(func(id uint64) []*conformancev1.DriverFrame {
		return []*conformancev1.DriverFrame{event(id), result(id)}
	}), func(e *conformancev1.Event) { events <- e.GetSequence() })
	require.NoError(t, err)
	assert.Equal(t, "test", d.Hello().GetSdk())
	first, second := d.Start(closeAll()), d.Start(closeAll())
	assert.NotNil(t, (<-second).GetSuccess())
	assert.NotNil(t, (<-first).GetSuccess())
	assert.Equal(t, uint64(1), <-events)
	assert.Equal(t, uint64(2), <-events)
	require.NoError(t, d.Close())
	assert.Contains(t, (<-d.Start(closeAll())).GetFault(), "the driver has ended")
}

// TestFaults tells a broken driver from a failing SDK.
func TestFaults(t *testing.T) {
	defer goleak.VerifyNone(t)
	for name, answers := range map[string][]*conformancev1.DriverFrame{
		"event 2 came where 1 was due": {event(2)},
		"neither a result nor":         {hello(1)},
		"answered twice":               {result(99)},
	} {
		d, err := StartInProcess(serve(func(uint64) []*conformancev1.DriverFrame { return answers }), func(*conformancev1.Event) {})
		require.NoError(t, err)
		assert.Contains(t, (<-d.Start(closeAll())).GetFault(), name)
		require.NoError(t, d.Close())
	}
}

func TestNoHello(t *testing.T) {
	defer goleak.VerifyNone(t)
	for problem, send := range map[string]func(io.Writer) error{
		"is no hello":       func(w io.Writer) error { return WriteFrame(w, event(1)) },
		"speaks version 7":  func(w io.Writer) error { return WriteFrame(w, hello(7)) },
		"print to the stan": func(w io.Writer) error { _, err := io.WriteString(w, "Hello, world!"); return err },
		"no hello: EOF":     func(io.Writer) error { return nil },
	} {
		_, err := StartInProcess(func(_ io.Reader, out io.Writer) error { return send(out) }, func(*conformancev1.Event) {})
		assert.ErrorContains(t, err, problem)
	}
}

// TestProcess runs this test's own program as a driver.
func TestProcess(t *testing.T) {
	if os.Getenv("DRIVER_TEST_PROCESS") != "" {
		_, _ = os.Stderr.WriteString("a word to the runner\n")
		err := serve(func(id uint64) []*conformancev1.DriverFrame { return []*conformancev1.DriverFrame{result(id)} })(os.Stdin, os.Stdout)
		if err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	t.Setenv("DRIVER_TEST_PROCESS", "1")
	var diagnostics bytes.Buffer
	d, err := StartProcess([]string{os.Args[0], "-test.run=^TestProcess$"}, "", &diagnostics, func(*conformancev1.Event) {})
	require.NoError(t, err)
	assert.NotNil(t, (<-d.Start(closeAll())).GetSuccess())
	require.NoError(t, d.Close())
	assert.Equal(t, "a word to the runner\n", diagnostics.String())
	_, err = StartProcess([]string{"/nonexistent/driver"}, "", &diagnostics, nil)
	assert.ErrorContains(t, err, "driver fault")
}
