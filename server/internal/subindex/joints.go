package subindex

import (
	"encoding/binary"
	"sync"
)

// maxJoints bounds how many answers of several entries are kept.
const maxJoints = 4096

// joints keeps the answers of several entries, so that all channels that match
// the same entries share one. It is used with the index's lock held, at least
// for reading.
type joints[S comparable] struct {
	mu    sync.Mutex
	byKey map[string]*Result[S] // key: the handles of the entries
}

func key[S comparable](entries []*Entry[S]) []byte {
	k := make([]byte, 0, 8*len(entries))
	for _, e := range entries {
		k = binary.LittleEndian.AppendUint64(k, e.Handle)
	}
	return k
}

// get is a fresh answer for the entries, at least two.
func (j *joints[S]) get(entries []*Entry[S]) *Result[S] {
	k := key(entries)
	j.mu.Lock()
	defer j.mu.Unlock()
	if r := j.byKey[string(k)]; r != nil && r.fresh() {
		return r
	}
	r := group(entries)
	j.put(string(k), r)
	return r
}

func (j *joints[S]) put(k string, r *Result[S]) {
	if j.byKey == nil || len(j.byKey) >= maxJoints {
		j.reset()
	}
	j.byKey[k] = r
	for _, e := range r.entries {
		if e.joints == nil {
			e.joints = map[string]struct{}{}
		}
		e.joints[k] = struct{}{}
	}
}

func (j *joints[S]) reset() {
	for _, r := range j.byKey {
		for _, e := range r.entries {
			e.joints = nil
		}
	}
	j.byKey = map[string]*Result[S]{}
}

// forget drops the answers that e is part of.
func (j *joints[S]) forget(e *Entry[S]) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for k := range e.joints {
		for _, other := range j.byKey[k].entries {
			if other != e {
				delete(other.joints, k)
			}
		}
		delete(j.byKey, k)
	}
	e.joints = nil
}
