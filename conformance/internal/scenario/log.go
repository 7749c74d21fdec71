package scenario

import "sync"

// maxLog bounds what is kept of a log, in bytes.
const maxLog = 1 << 20

// logBuffer keeps what a driver or servers print while a case runs.
type logBuffer struct {
	mu   sync.Mutex
	text []byte
}

// Write implements io.Writer.
func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.text)+len(p) <= maxLog {
		b.text = append(b.text, p...)
	}
	return len(p), nil
}

// peek is what was printed since take was called last.
func (b *logBuffer) peek() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return string(b.text)
}

func (b *logBuffer) take() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	text := string(b.text)
	b.text = nil
	return text
}
