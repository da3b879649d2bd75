package server

import "sync"

// Beside returns what was made when this server was first asked for it under the key, and makes it now if that is the first time. It lets
// a package that works on a fake's data keep one thing for each fake and let go of it with the fake. The key's type should be the caller's own,
// as with contexts. The function may not call Beside.
func (s *Server) Beside(key any, build func() any) any { return s.beside.get(key, build) }

// beside is what others keep.
type beside struct {
	mu   sync.Mutex // guards kept
	kept map[any]any
}

func (b *beside) get(key any, build func() any) any {
	b.mu.Lock()
	defer b.mu.Unlock()
	one, ok := b.kept[key]
	if !ok {
		if b.kept == nil {
			b.kept = map[any]any{}
		}
		one = build()
		b.kept[key] = one
	}
	return one
}
