package report

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/fastpubsub/fastpubsub/conformance/internal/matrix"
)

// Files writes every report into a folder, named after the run: conformance.txt,
// .json, .xml and .md.
func Files(folder string, r *matrix.Run) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	var errs []error
	for extension, render := range map[string]func(io.Writer, *matrix.Run) error{
		".txt": Text, ".json": JSON, ".xml": JUnit, ".md": Markdown,
	} {
		var b bytes.Buffer
		err := render(&b, r)
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, r.Title+extension), b.Bytes(), 0o644)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
