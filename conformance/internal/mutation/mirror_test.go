package mutation

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// put writes files, whose texts are their names.
func put(t *testing.T, folder string, names ...string) {
	for _, name := range names {
		file := filepath.Join(folder, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(name), 0o644))
	}
}

func TestMirror(t *testing.T) {
	original, copied := t.TempDir(), filepath.Join(t.TempDir(), "copy")
	put(t, original, "a", "src/b", "src/deep/c", "target/release/built", "src/obj/built")
	require.NoError(t, mirror(original, copied, "src/b"))
	assert.FileExists(t, filepath.Join(copied, "a"))
	assert.FileExists(t, filepath.Join(copied, "src/deep/c"))
	assert.NoFileExists(t, filepath.Join(copied, "src/b"), "it is the caller's")
	assert.NoDirExists(t, filepath.Join(copied, "target"))
	assert.NoDirExists(t, filepath.Join(copied, "src/obj"))
}

func TestMirrorAgain(t *testing.T) {
	original, copied := t.TempDir(), t.TempDir()
	put(t, original, "a", "same")
	put(t, copied, "same", "gone", "old/gone", "target/built")
	require.NoError(t, os.WriteFile(filepath.Join(copied, "a"), []byte("a fault"), 0o644))
	long := time.Now().Add(-time.Hour).Truncate(time.Second)
	require.NoError(t, os.Chtimes(filepath.Join(copied, "same"), long, long))
	require.NoError(t, mirror(original, copied, "other"))
	text, err := os.ReadFile(filepath.Join(copied, "a"))
	require.NoError(t, err)
	assert.Equal(t, "a", string(text))
	info, err := os.Stat(filepath.Join(copied, "same"))
	require.NoError(t, err)
	assert.Equal(t, long, info.ModTime(), "what is the same is not written")
	assert.NoFileExists(t, filepath.Join(copied, "gone"))
	assert.NoDirExists(t, filepath.Join(copied, "old"))
	assert.FileExists(t, filepath.Join(copied, "target/built"))
}
