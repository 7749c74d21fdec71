package supervisor

import (
	"log/slog"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/session"
)

// State is where a client is in its life (SDK-10).
type State int

// The states of a client.
const (
	Connecting State = iota
	Connected
	Reconnecting
	Closed
)

func (s State) String() string {
	return [...]string{"CONNECTING", "CONNECTED", "RECONNECTING", "CLOSED"}[s]
}

// Status is a state with its cause.
type Status struct {
	State State
	// Cause is why the client is not connected: of RECONNECTING and CLOSED, and of
	// CONNECTING after a failed attempt. Nil when the application closed the client.
	Cause *fault.Fault
}

// Status is the state now.
func (v *Supervisor) Status() Status {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.status
}

// setStatus changes the state and tells the application.
func (v *Supervisor) setStatus(state State, cause *fault.Fault) {
	v.mu.Lock()
	v.changeStatus(Status{state, cause})
	v.mu.Unlock()
	v.logStatus(Status{state, cause})
}

// setStatusOf does that for a session that may have a successor already: then the
// client's state is the successor's, and nothing changes.
func (v *Supervisor) setStatusOf(s *session.Session, state State, cause *fault.Fault) {
	v.mu.Lock()
	superseded := v.current.Load() != s
	if !superseded {
		v.changeStatus(Status{state, cause})
	}
	v.mu.Unlock()
	if !superseded {
		v.logStatus(Status{state, cause})
	}
}

// changeStatus is called with the lock held.
func (v *Supervisor) changeStatus(status Status) {
	v.status = status
	close(v.changed)
	v.changed = make(chan struct{})
	if status.State == Connected {
		select {
		case <-v.connected:
		default:
			close(v.connected)
		}
	}
	v.states.Call(func() { v.config.OnState(status) })
}

func (v *Supervisor) logStatus(status Status) {
	v.config.Logger.Log(v.life, v.levelOf(status), "fastpubsub: "+status.State.String(), "cause", causeText(status.Cause))
}

// nextChange is closed when the state changes.
func (v *Supervisor) nextChange() <-chan struct{} {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.changed
}

// noteFailure keeps why the last attempt failed, without a change of state.
func (v *Supervisor) noteFailure(cause *fault.Fault) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.status.State != Connected {
		v.status.Cause = cause
	}
}

// report tells the application of a failure that no call returns.
func (v *Supervisor) report(failure *fault.Fault) {
	if !v.errors.Call(func() { v.config.OnError(failure) }) {
		v.config.Logger.Warn("fastpubsub: the error handler is too slow to be told", "error", failure.Error())
	}
}

// levelOf is for what went wrong with a client that was connected. A client that
// never was returns its failure to the caller.
func (v *Supervisor) levelOf(status Status) slog.Level {
	if status.Cause != nil && v.current.Load() != nil {
		return slog.LevelWarn
	}
	return slog.LevelDebug
}

func causeText(cause *fault.Fault) string {
	if cause == nil {
		return ""
	}
	return cause.Error()
}
