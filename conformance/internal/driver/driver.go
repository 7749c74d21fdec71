package driver

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// protocolVersion is the version of the frames between runner and driver.
const protocolVersion = 1

// Figures of a driver's life, generous because a runtime may start cold.
const (
	helloTimeout = 60 * time.Second
	exitTimeout  = 10 * time.Second
)

// Fault is a failure of the driver itself, not of its SDK.
type Fault struct{ Problem string }

// Error says what went wrong.
func (f *Fault) Error() string { return "driver fault: " + f.Problem }

// Driver is a running driver. Any goroutine may use it.
type Driver struct {
	hello  *conformancev1.Hello
	events func(*conformancev1.Event)

	writing sync.Mutex
	in      io.WriteCloser

	mu       sync.Mutex
	lastID   uint64
	waiting  map[uint64]chan *conformancev1.Result
	sequence uint64
	broken   error // why the driver can be used no more

	done chan struct{} // closed when the reader has ended
	exit func() error  // waits for the process
}

// connect takes over the pipes of a driver and waits for its hello.
func connect(in io.WriteCloser, out io.Reader, events func(*conformancev1.Event), exit func() error) (*Driver, error) {
	d := &Driver{in: in, events: events, waiting: map[uint64]chan *conformancev1.Result{}, done: make(chan struct{}), exit: exit}
	greeted := make(chan error, 1)
	go d.read(out, greeted)
	timer := time.NewTimer(helloTimeout)
	defer timer.Stop()
	select {
	case err := <-greeted:
		if err != nil {
			return nil, errors.Join(err, d.Close())
		}
		return d, nil
	case <-timer.C:
		return nil, errors.Join(&Fault{"no hello within " + helloTimeout.String()}, d.Close())
	}
}

// Hello is the driver's first frame.
func (d *Driver) Hello() *conformancev1.Hello { return d.hello }

func (d *Driver) read(out io.Reader, greeted chan<- error) {
	defer close(d.done)
	err := d.greet(out)
	greeted <- err
	for err == nil {
		frame := new(conformancev1.DriverFrame)
		if err = ReadFrame(out, frame); err == nil {
			err = d.take(frame)
		}
	}
	if errors.Is(err, io.EOF) {
		err = &Fault{"the driver has ended"}
	}
	d.breakOff(err)
	_, _ = io.Copy(io.Discard, out) // a driver that still writes must be able to end
}

func (d *Driver) greet(out io.Reader) error {
	frame := new(conformancev1.DriverFrame)
	if err := ReadFrame(out, frame); err != nil {
		return &Fault{fmt.Sprintf("no hello: %v", err)}
	}
	d.hello = frame.GetHello()
	switch {
	case d.hello == nil:
		return &Fault{"the first frame is no hello"}
	case d.hello.GetProtocolVersion() != protocolVersion:
		return &Fault{fmt.Sprintf("the driver speaks version %d, the runner %d", d.hello.GetProtocolVersion(), protocolVersion)}
	default:
		return nil
	}
}

func (d *Driver) take(frame *conformancev1.DriverFrame) error {
	if event := frame.GetEvent(); event != nil {
		d.sequence++
		if event.GetSequence() != d.sequence {
			return &Fault{fmt.Sprintf("event %d came where %d was due", event.GetSequence(), d.sequence)}
		}
		d.events(event)
		return nil
	}
	result := frame.GetResult()
	if result == nil {
		return &Fault{"a frame is neither a result nor an event"}
	}
	d.mu.Lock()
	waiting := d.waiting[result.GetCommandId()]
	delete(d.waiting, result.GetCommandId())
	d.mu.Unlock()
	if waiting == nil {
		return &Fault{fmt.Sprintf("command %d was answered twice, or never given", result.GetCommandId())}
	}
	waiting <- result
	return nil
}

// breakOff answers everything that waits.
func (d *Driver) breakOff(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.broken = err
	for id, waiting := range d.waiting {
		waiting <- &conformancev1.Result{CommandId: id, Outcome: &conformancev1.Result_Fault{Fault: err.Error()}}
	}
	d.waiting = nil
}

// Start sends a command. The channel gives its one result.
func (d *Driver) Start(command *conformancev1.RunnerFrame) <-chan *conformancev1.Result {
	result := make(chan *conformancev1.Result, 1)
	d.writing.Lock()
	defer d.writing.Unlock()
	d.mu.Lock()
	d.lastID++
	command.CommandId = d.lastID
	broken := d.broken
	if broken == nil {
		d.waiting[d.lastID] = result
	}
	d.mu.Unlock()
	if broken == nil {
		broken = WriteFrame(d.in, command)
	}
	if broken != nil {
		d.abandon(command.GetCommandId(), result, broken)
	}
	return result
}

// abandon answers a command that could not be sent, unless it has been.
func (d *Driver) abandon(id uint64, result chan<- *conformancev1.Result, err error) {
	d.mu.Lock()
	_, waiting := d.waiting[id]
	delete(d.waiting, id)
	unsent := waiting || d.broken != nil && len(result) == 0
	d.mu.Unlock()
	if unsent {
		result <- &conformancev1.Result{CommandId: id, Outcome: &conformancev1.Result_Fault{Fault: err.Error()}}
	}
}

// Close tells the driver to exit and waits until it has.
func (d *Driver) Close() error {
	_ = d.in.Close() // a driver that has ended has closed it already
	ended := make(chan error, 1)
	go func() {
		<-d.done
		ended <- d.exit()
	}()
	timer := time.NewTimer(exitTimeout)
	defer timer.Stop()
	select {
	case err := <-ended:
		return err
	case <-timer.C:
		return &Fault{"the driver did not exit within " + exitTimeout.String()}
	}
}
