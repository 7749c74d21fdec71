package mutation

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// builtFolders are what build tools leave behind in the folder of an SDK. A copy has
// its own.
var builtFolders = map[string]bool{"target": true, "bin": true, "obj": true, "artifacts": true}

// mirror makes the copy of a folder the same again, except one file and what is
// built. Only what differs is written: build tools go by times.
func mirror(original, copied, except string) error {
	if err := remove(original, copied); err != nil {
		return err
	}
	return sources(original, func(name string, entry fs.DirEntry) error {
		into := filepath.Join(copied, name)
		if entry.IsDir() {
			return os.MkdirAll(into, 0o755)
		}
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() || name == except {
			return err
		}
		return replace(filepath.Join(original, name), into, info.Mode().Perm())
	})
}

// remove removes from the copy what the original does not have.
func remove(original, copied string) error {
	if _, err := os.Stat(copied); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return sources(copied, func(name string, entry fs.DirEntry) error {
		if _, err := os.Lstat(filepath.Join(original, name)); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := os.RemoveAll(filepath.Join(copied, name)); err != nil || !entry.IsDir() {
			return err
		}
		return fs.SkipDir
	})
}

// replace writes a copy of a file unless it is the same.
func replace(file, into string, mode fs.FileMode) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if there, err := os.ReadFile(into); err == nil && string(there) == string(text) {
		return nil
	}
	return os.WriteFile(into, text, mode)
}

// sources visits everything below a folder except what is built. Names are relative.
func sources(folder string, visit func(name string, entry fs.DirEntry) error) error {
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && builtFolders[entry.Name()] && path != folder {
			return fs.SkipDir
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		return visit(name, entry)
	})
}
