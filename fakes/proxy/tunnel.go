package proxy

import (
	"bufio"
	"context"
	"io"
	"net"
)

// tunnel passes bytes between a client and a target until both have said that they are done, or one is gone.
func tunnel(target net.Conn) func(ctx context.Context, client net.Conn, buffered *bufio.ReadWriter) {
	return func(ctx context.Context, client net.Conn, buffered *bufio.ReadWriter) {
		stop := context.AfterFunc(ctx, func() {
			_ = target.Close() // both are closed again below, which is then an error
			_ = client.Close()
		})
		defer stop()
		defer client.Close()
		defer target.Close()
		if _, err := io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
			return
		}
		back := make(chan struct{})
		go func() {
			defer close(back)
			pass(client, target, target)
		}()
		pass(target, client, buffered.Reader)
		<-back
	}
}

// pass copies one direction. When it breaks, the whole tunnel does.
func pass(to, from net.Conn, reader io.Reader) {
	if _, err := io.Copy(onlyWriter{to}, onlyReader{reader}); err != nil {
		_ = to.Close() // what broke it is what counts
		_ = from.Close()
		return
	}
	finish(to)
}

// onlyReader and onlyWriter hide the short cuts of connections, so that what the server does to their bytes happens.
type (
	onlyReader struct{ io.Reader }
	onlyWriter struct{ io.Writer }
)
