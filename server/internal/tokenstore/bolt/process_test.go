package bolt_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore/bolt"
)

// childDirVariable makes a run of this test binary a child that writes to the
// store in that directory until it is killed.
const childDirVariable = "BOLT_TEST_CHILD_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDirVariable); dir != "" {
		if err := writeForever(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

// base is the expiry of a child's tokens before they are refreshed; a refresh
// number n makes it n seconds later.
var base = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

// writeForever creates, refreshes, revokes and deletes tokens in several
// goroutines, and prints a line for each change once the store has acknowledged it.
func writeForever(dir string) error {
	store, err := bolt.Open(dir)
	if err != nil {
		return err
	}
	fmt.Println("open")
	const writers = 6
	ended := make(chan error)
	for range writers {
		go func() {
			for {
				if err := liveOnce(store); err != nil {
					ended <- err
				}
			}
		}()
	}
	go func() {
		for {
			if err := sweepOnce(store); err != nil {
				ended <- err
			}
		}
	}()
	return <-ended
}

func liveOnce(store *bolt.Store) error {
	ctx := context.Background()
	_, id, hash, err := token.Generate()
	if err != nil {
		return err
	}
	if err := store.Create(ctx, token.Record{ID: id, SecretHash: hash, CreatedBy: "child", ExpiresAt: base}); err != nil {
		return err
	}
	fmt.Println("refreshed", id, 0)
	for n := 1; n <= 3; n++ {
		_, err := store.Update(ctx, id, func(r *token.Record) error {
			r.ExpiresAt = base.Add(time.Duration(n) * time.Second)
			return nil
		})
		if err != nil {
			return err
		}
		fmt.Println("refreshed", id, n)
	}
	_, err = store.Update(ctx, id, func(r *token.Record) error {
		r.RevokedAt = base
		return nil
	})
	if err == nil {
		fmt.Println("revoked", id, 3)
	}
	return err
}

func sweepOnce(store *bolt.Store) error {
	ctx := context.Background()
	_, id, hash, err := token.Generate()
	if err != nil {
		return err
	}
	if err := store.Create(ctx, token.Record{ID: id, SecretHash: hash, CreatedBy: "child", ExpiresAt: base.Add(-time.Hour)}); err != nil {
		return err
	}
	if _, err := store.DeleteExpired(ctx, base.Add(-time.Minute)); err != nil {
		return err
	}
	fmt.Println("deleted", id, 0)
	return nil
}

// child is a running child and what it prints.
type child struct {
	command *exec.Cmd
	lines   *bufio.Scanner
	errors  *strings.Builder
}

func startChild(t *testing.T, dir string) *child {
	t.Helper()
	c := &child{command: exec.Command(os.Args[0]), errors: &strings.Builder{}}
	c.command.Env = append(os.Environ(), childDirVariable+"="+dir)
	c.command.Stderr = c.errors
	stdout, err := c.command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.command.Start())
	c.lines = bufio.NewScanner(stdout)
	require.True(t, c.lines.Scan(), "the child did not start: %s", c.errors)
	require.Equal(t, "open", c.lines.Text())
	return c
}

// kill ends the child with SIGKILL while it works on.
func (c *child) kill(t *testing.T) {
	t.Helper()
	require.NoError(t, c.command.Process.Kill())
}

// life is what a child has said of one token.
type life struct {
	refreshed int
	revoked   bool
	deleted   bool
}

func (c *child) read(t *testing.T, lives map[string]life) bool {
	t.Helper()
	if !c.lines.Scan() {
		return false
	}
	var what, id string
	var n int
	_, err := fmt.Sscan(c.lines.Text(), &what, &id, &n)
	if err != nil { // the last line may be cut off
		return false
	}
	lives[id] = life{refreshed: n, revoked: what == "revoked", deleted: what == "deleted"}
	return true
}

// A process that is killed in the middle of its work loses nothing that it has
// acknowledged, and the store can be opened again.
func TestKilledProcess(t *testing.T) {
	dir := t.TempDir()
	acknowledged := map[string]life{}
	for range 6 {
		child := startChild(t, dir)
		for range 20 + rand.IntN(150) { //nolint:gosec // any moment will do
			require.True(t, child.read(t, acknowledged), "the child ended by itself: %s", child.errors)
		}
		child.kill(t)
		for child.read(t, acknowledged) { // what it said before it was killed counts
		}
		require.Error(t, child.command.Wait())
		assert.Empty(t, child.errors.String())

		store, err := bolt.Open(dir)
		require.NoError(t, err)
		verify(t, store, acknowledged)
		require.NoError(t, store.Close())
	}
	store := open(t, dir)
	records, err := store.Count(t.Context())
	require.NoError(t, err)
	require.Positive(t, records)
	deleted, err := store.DeleteExpired(t.Context(), base.Add(time.Hour))
	require.NoError(t, err)
	assert.Equal(t, records, deleted, "the index of ends agrees with the records")
}

func verify(t *testing.T, store *bolt.Store, acknowledged map[string]life) {
	t.Helper()
	for id, want := range acknowledged {
		got, err := store.Get(t.Context(), id)
		if want.deleted {
			require.ErrorIs(t, err, tokenstore.ErrNotFound, "an acknowledged deletion is lost")
			continue
		}
		require.NoError(t, err, "an acknowledged token is lost")
		require.False(t, got.ExpiresAt.Before(base.Add(time.Duration(want.refreshed)*time.Second)), "an acknowledged refresh is lost")
		require.True(t, !want.revoked || !got.RevokedAt.IsZero(), "an acknowledged revocation is lost")
	}
	count, err := store.Count(t.Context())
	require.NoError(t, err)
	all, err := store.List(t.Context(), tokenstore.Query{CreatedBy: "child", Limit: count + 1})
	require.NoError(t, err)
	require.Len(t, all, count, "the index agrees with the records")
}

// A second process on the directory is refused at once; when the first one is
// killed, its lock goes with it.
func TestTwoProcesses(t *testing.T) {
	dir := t.TempDir()
	first := startChild(t, dir)
	var reading sync.WaitGroup
	reading.Go(func() {
		for first.read(t, map[string]life{}) {
		}
	})
	_, err := bolt.Open(dir)
	require.ErrorIs(t, err, bolt.ErrInUse)
	assert.Contains(t, err.Error(), dir)

	second := exec.Command(os.Args[0])
	second.Env = append(os.Environ(), childDirVariable+"="+dir)
	output, err := second.CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(output), bolt.ErrInUse.Error())

	first.kill(t)
	reading.Wait()
	require.Error(t, first.command.Wait())
	require.NoError(t, open(t, dir).Close())
}
