package subindex

import "slices"

// scanLimit is how many members are found by a scan; beyond it a map finds them.
const scanLimit = 32

// members is a set that is cheap to list and small when it has few members.
type members[S comparable] struct {
	list  list[S]
	where map[S]int // positions in list; nil up to scanLimit members
}

func (m *members[S]) len() int { return len(m.list.all) }

func (m *members[S]) position(s S) int {
	if m.where == nil {
		return slices.Index(m.list.all, s)
	}
	if i, ok := m.where[s]; ok {
		return i
	}
	return -1
}

func (m *members[S]) add(s S) bool {
	if m.position(s) >= 0 {
		return false
	}
	m.list.add(s)
	switch {
	case m.where != nil:
		m.where[s] = m.len() - 1
	case m.len() > scanLimit:
		m.index()
	}
	return true
}

func (m *members[S]) index() {
	m.where = make(map[S]int, m.len())
	for i, s := range m.list.all {
		m.where[s] = i
	}
}

// remove puts the last member in the place of the removed one.
func (m *members[S]) remove(s S) bool {
	i := m.position(s)
	if i < 0 {
		return false
	}
	moved := m.list.remove(i)
	if m.where != nil {
		m.where[moved] = i
		delete(m.where, s)
	}
	if m.len() <= scanLimit/2 {
		m.where = nil
	}
	return true
}

// snapshot is a copy of the list.
func (m *members[S]) snapshot() []S { return slices.Clone(m.list.all) }
