package subindex

// list is a slice whose first element lies in the list itself: most lists have one,
// and an array elsewhere would be memory that is in no cache when it is looked up. It
// must not be copied.
type list[T comparable] struct {
	all   []T
	first [1]T
}

func (l *list[T]) add(v T) {
	if l.all == nil {
		l.all = l.first[:0]
	}
	l.all = append(l.all, v)
	if len(l.all) == 2 { // they have moved: first must not keep anything alive
		clear(l.first[:])
	}
}

// remove puts the last element in the place of the i-th, and returns it.
func (l *list[T]) remove(i int) (moved T) {
	last := len(l.all) - 1
	moved = l.all[last]
	l.all[i] = moved
	clear(l.all[last:])
	l.all = l.all[:last]
	return moved
}
