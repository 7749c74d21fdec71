package bench

import (
	"context"
	"time"
)

// Meter reads what the server's process has used. One goroutine calls it.
type Meter interface {
	Read(ctx context.Context) (Reading, error)
}

// Reading is what the server's process has used up to a moment, and holds then.
type Reading struct {
	// CPU is the time that all its threads together have computed.
	CPU time.Duration
	// Resident is its memory that is in RAM, in bytes.
	Resident int64
}

// moment is when a meter is read.
type moment int

const (
	beforeConnecting moment = iota
	beforeLoad
	afterLoad
	moments // how many there are
)

// read reads the meter at a moment. Without a meter it does nothing.
func (r *run) read(ctx context.Context, at moment) error {
	if r.meter == nil {
		return nil
	}
	reading, err := r.meter.Read(ctx)
	r.readings[at] = reading
	return err
}
