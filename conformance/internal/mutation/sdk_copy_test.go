package mutation

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/internal/matrix"
)

// scribe is an SDK whose driver is all of its sources in one file.
func scribe(t *testing.T) *sdkCopy {
	folder := filepath.Join(t.TempDir(), "sdk-scribe")
	put(t, folder, "one.txt", "two.txt")
	sdk := matrix.SDK{Name: "scribe", Folder: folder, Build: []string{"sh", "-c", `mkdir -p "{output}" target/conformance && cat *.txt >"{output}/driver" && cp "{output}/driver" target/conformance`}}
	return newSDKCopy(sdk, RustSDK, t.TempDir(), filepath.Join(t.TempDir(), "drivers"))
}

func read(t *testing.T, names ...string) string {
	text, err := os.ReadFile(filepath.Join(names...))
	require.NoError(t, err)
	return string(text)
}

// TestOneFaultAtATime builds each mutant without the fault of the one before, and
// leaves the original alone.
func TestOneFaultAtATime(t *testing.T) {
	c := scribe(t)
	for _, m := range []struct{ file, want string }{{"one", "fault.txttwo.txt"}, {"two", "one.txtfault.txt"}} {
		mutation := &Mutation{Program: RustSDK, File: "sdk-scribe/" + m.file + ".txt", Edits: []Edit{{m.file, "fault"}}}
		_, err := c.build(t.Context(), mutation)
		require.NoError(t, err)
		assert.Equal(t, m.want, read(t, c.output(), "driver"))
	}
	assert.Equal(t, "one.txt", read(t, c.sdk.Folder, "one.txt"))
	assert.Equal(t, "two.txt", read(t, c.sdk.Folder, "two.txt"))
}

func TestFaultOutsideTheFolder(t *testing.T) {
	_, err := scribe(t).build(t.Context(), &Mutation{Program: RustSDK, File: "sdk-other/one.txt"})
	assert.EqualError(t, err, "sdk-other/one.txt is no file of sdk-rust")
}

// TestPrepare builds the driver without a fault and takes along what was built.
func TestPrepare(t *testing.T) {
	c := scribe(t)
	require.NoError(t, c.prepare(t.Context()))
	assert.Equal(t, "one.txttwo.txt", read(t, c.drivers, "driver"))
	assert.Equal(t, "one.txttwo.txt", read(t, c.copied(), "target/conformance/driver"))
	require.NoError(t, c.prepare(t.Context()))
}
