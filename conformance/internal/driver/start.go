package driver

import (
	"io"
	"os/exec"
	"time"

	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// StartProcess runs a driver program. Its standard error goes to diagnostics.
// events is called for each event, in order, by one goroutine.
func StartProcess(command []string, dir string, diagnostics io.Writer, events func(*conformancev1.Event)) (*Driver, error) {
	process := exec.Command(command[0], command[1:]...)
	process.Dir, process.Stderr = dir, diagnostics
	process.WaitDelay = time.Second
	in, err := process.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := process.Start(); err != nil {
		return nil, &Fault{err.Error()}
	}
	return connect(in, out, events, func() error { return endProcess(process) })
}

// endProcess waits for a process that should exit by itself, and kills it if it
// does not.
func endProcess(process *exec.Cmd) error {
	killer := time.AfterFunc(exitTimeout/2, func() { _ = process.Process.Kill() })
	defer killer.Stop()
	if err := process.Wait(); err != nil {
		return &Fault{"the driver ended badly: " + err.Error()}
	}
	return nil
}

// StartInProcess runs a driver inside this process: serve is the driver's main
// function.
func StartInProcess(serve func(in io.Reader, out io.Writer) error, events func(*conformancev1.Event)) (*Driver, error) {
	inReader, inWriter := io.Pipe()
	outReader, outWriter := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := serve(inReader, outWriter)
		_ = outWriter.Close()
		_ = inReader.Close()
		ended <- err
	}()
	return connect(inWriter, outReader, events, func() error { return <-ended })
}
