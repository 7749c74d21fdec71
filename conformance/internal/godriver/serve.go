// Package godriver is the driver of the Go SDK.
package godriver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/fastpubsub/fastpubsub/conformance/internal/driver"
	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// capabilities are what this driver can do, by the runner's names.
var capabilities = []string{
	"websocket", "grpc", "token-source", "private-ca", "client-certificate", "insecure-skip-verify",
	"delivery-modes", "unacknowledged", "lag", "token-client", "round-trip-time", "debug-text", "leaks",
}

// Driver is the driver's state.
type Driver struct {
	ctx    context.Context
	cancel context.CancelFunc

	writing  sync.Mutex
	out      io.Writer
	sequence uint64
	writeErr error         // the first
	broken   chan struct{} // closed with it

	running sync.WaitGroup // commands

	mu            sync.Mutex
	calls         map[uint64]context.CancelFunc // of commands that are not answered yet
	clients       map[uint64]*client
	subscriptions map[uint64]*subscription
}

// Serve carries out commands until the end of in, or until something cannot be
// written, which is an error; then it may leave a goroutine behind that reads.
func Serve(in io.Reader, out io.Writer) error {
	d := &Driver{
		out: out, broken: make(chan struct{}), calls: map[uint64]context.CancelFunc{},
		clients: map[uint64]*client{}, subscriptions: map[uint64]*subscription{},
	}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	d.write(func() *conformancev1.DriverFrame { return hello() })
	err := d.serve(in)
	d.cancel()
	d.running.Wait()
	d.closeAll()
	d.writing.Lock()
	defer d.writing.Unlock()
	return errors.Join(err, d.writeErr)
}

func hello() *conformancev1.DriverFrame {
	version := "devel"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
	}
	return &conformancev1.DriverFrame{Frame: &conformancev1.DriverFrame_Hello{Hello: &conformancev1.Hello{
		ProtocolVersion: 1, Sdk: "go", SdkVersion: version, Runtime: runtime.Version(), Capabilities: capabilities,
	}}}
}

func (d *Driver) serve(in io.Reader) error {
	frames, ended := make(chan *conformancev1.RunnerFrame), make(chan error, 1)
	go d.read(in, frames, ended)
	for {
		select {
		case frame := <-frames:
			d.start(frame)
		case err := <-ended:
			return err
		case <-d.broken:
			return nil
		}
	}
}

// read reads commands until the end of in, which is no error.
func (d *Driver) read(in io.Reader, frames chan<- *conformancev1.RunnerFrame, ended chan<- error) {
	for {
		frame := new(conformancev1.RunnerFrame)
		if err := driver.ReadFrame(in, frame); err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			ended <- err
			return
		}
		select {
		case frames <- frame:
		case <-d.ctx.Done():
			return
		}
	}
}

// start starts a command. What has to keep its order among commands does it
// before start returns. The context of the command ends when it is given up.
func (d *Driver) start(frame *conformancev1.RunnerFrame) {
	ctx, id := d.begin(frame.GetCommandId()), frame.GetCommandId()
	finish := d.prepare(ctx, frame)
	d.running.Go(func() {
		result := d.carryOut(finish)
		d.giveUp(id)
		d.answer(id, result)
	})
}

// begin notes a command that may be given up from now on.
func (d *Driver) begin(id uint64) context.Context {
	ctx, cancel := context.WithCancel(d.ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls[id] = cancel
	return ctx
}

// giveUp ends the context of a command; one that has ended has none any more.
func (d *Driver) giveUp(id uint64) {
	d.mu.Lock()
	cancel := d.calls[id]
	delete(d.calls, id)
	d.mu.Unlock()
	if cancel != nil {
		cancel()
	}
}

// carryOut turns a panic into a fault.
func (d *Driver) carryOut(finish func() *conformancev1.Result) (result *conformancev1.Result) {
	defer func() {
		if fault := recover(); fault != nil {
			result = faulty(fmt.Sprintf("panic: %v\n%s", fault, debug.Stack()))
		}
	}()
	return finish()
}

func (d *Driver) answer(id uint64, result *conformancev1.Result) {
	result.CommandId = id
	d.write(func() *conformancev1.DriverFrame {
		return &conformancev1.DriverFrame{Frame: &conformancev1.DriverFrame_Result{Result: result}}
	})
}

func (d *Driver) report(event *conformancev1.Event) {
	d.write(func() *conformancev1.DriverFrame {
		d.sequence++
		event.Sequence = d.sequence
		return &conformancev1.DriverFrame{Frame: &conformancev1.DriverFrame_Event{Event: event}}
	})
}

// write writes the frame that make makes, under the lock of the pipe.
func (d *Driver) write(make func() *conformancev1.DriverFrame) {
	d.writing.Lock()
	defer d.writing.Unlock()
	if err := driver.WriteFrame(d.out, make()); err != nil && d.writeErr == nil {
		d.writeErr = err
		close(d.broken)
	}
}

func succeeded() *conformancev1.Result { return withValue(&conformancev1.Success{}) }

func withValue(s *conformancev1.Success) *conformancev1.Result {
	return &conformancev1.Result{Outcome: &conformancev1.Result_Success{Success: s}}
}

func faulty(problem string) *conformancev1.Result {
	return &conformancev1.Result{Outcome: &conformancev1.Result_Fault{Fault: problem}}
}

// unsupported is the result of what the SDK cannot do.
func unsupported(what string) *conformancev1.Result {
	return &conformancev1.Result{Outcome: &conformancev1.Result_Unsupported{Unsupported: what}}
}

// canceled is the result of a command that was given up before it had called the
// SDK.
func canceled() *conformancev1.Result {
	return &conformancev1.Result{Outcome: &conformancev1.Result_Canceled{Canceled: &conformancev1.Canceled{}}}
}

// outcome is the result of a call: an error that is not the SDK's own is a
// fault.
func outcome(err error) *conformancev1.Result {
	if err == nil {
		return succeeded()
	}
	reported := sdkError(err)
	if reported == nil {
		return faulty(fmt.Sprintf("not the SDK's own error: %T: %v", err, err))
	}
	return &conformancev1.Result{Outcome: &conformancev1.Result_Error{Error: reported}}
}

// sdkError is the SDK's own error; nil: it is none.
func sdkError(err error) *conformancev1.SdkError {
	var own *fastpubsub.Error
	if !errors.As(err, &own) {
		return nil
	}
	return &conformancev1.SdkError{Reason: string(own.Reason), Retryable: own.Retryable, Message: err.Error()}
}
