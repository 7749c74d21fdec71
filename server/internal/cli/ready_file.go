package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ready is what the ready file says. The tokens are there with --dev only.
type ready struct {
	HTTP        string `json:"http"`
	GRPC        string `json:"grpc"`
	Metrics     string `json:"metrics,omitempty"`
	PID         int    `json:"pid"`
	MasterToken string `json:"master_token,omitempty"`
	AccessToken string `json:"access_token,omitempty"`
}

// readyFile is the path of the file that tells others where a server listens;
// "" is none.
type readyFile string

// write puts the content there in one step: who sees the file sees all of it.
// Only its owner may read it.
func (f readyFile) write(content ready) error {
	if f == "" {
		return nil
	}
	encoded, err := json.Marshal(content)
	if err != nil {
		return err
	}
	if err := writeAtomically(string(f), append(encoded, '\n')); err != nil {
		return fmt.Errorf("cannot write the ready file: %w", err)
	}
	return nil
}

// remove takes the file away; also one that another process left behind.
func (f readyFile) remove() error {
	if f == "" {
		return nil
	}
	if err := os.Remove(string(f)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot remove the ready file: %w", err)
	}
	return nil
}

func writeAtomically(path string, content []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	_, writeError := temporary.Write(content)
	err = errors.Join(writeError, temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
	}
	return err
}
