package admission

// Sources is how many addresses the throttle knows.
func (t *Throttle) Sources() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.idle.Len() + len(t.waiting)
}
