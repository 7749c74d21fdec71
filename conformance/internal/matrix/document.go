package matrix

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
)

// read reads a JSON file. A member that the type does not know is an error, so
// that a misspelt one does not go unnoticed.
func read(file string, into any) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
