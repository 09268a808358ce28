//go:build unix

package password

import "os"

// pause lets the rest of the process in while a hash is computed. A goroutine that only computes keeps its processor, and
// with a hash on every processor nobody asks the network for what has arrived: requests would wait for 10 ms and more each.
// runtime.Gosched helps halfway, and a short sleep may last a millisecond. When a goroutine waits for a byte that comes
// through a pipe, the scheduler looks at all that is ready (docs/decisions/0005). It costs about 1 % of
// a hash where processors are busy.
type pause struct{ r, w *os.File }

// newPause returns nil, a pause that does nothing, if the system has no more files.
func newPause() *pause {
	r, w, err := os.Pipe()
	if err != nil {
		return nil
	}
	return &pause{r, w}
}

// breathe returns once everybody who had something to do had a turn.
func (p *pause) breathe() {
	if p == nil {
		return
	}
	go p.poke() // after the read has found nothing and waits
	var b [1]byte
	if _, err := p.r.Read(b[:]); err != nil {
		panic(err) // neither end is closed while a hash runs
	}
}

func (p *pause) poke() {
	if _, err := p.w.Write([]byte{0}); err != nil {
		panic(err)
	}
}

func (p *pause) close() {
	if p == nil {
		return
	}
	// Nothing was written that somebody could miss.
	_ = p.r.Close()
	_ = p.w.Close()
}
