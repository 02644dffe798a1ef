// Package workers shares work out among goroutines.
package workers

import (
	"context"
	"runtime"
	"sync"
)

// Each calls work for 0 … n-1 on so many goroutines (0 = one per processor), and stops early when ctx ends. worker numbers
// the goroutine, from 0. The error is ctx's.
func Each(ctx context.Context, workers, n int, work func(worker, i int)) error {
	workers = Count(workers)
	next := make(chan int)
	var wait sync.WaitGroup
	for worker := range min(workers, max(n, 1)) {
		wait.Go(func() {
			for i := range next {
				work(worker, i)
			}
		})
	}
	for i := 0; i < n && ctx.Err() == nil; i++ {
		next <- i
	}
	close(next)
	wait.Wait()
	return ctx.Err()
}

// Count is how many goroutines Each takes where it may take so many (0 = one per processor).
func Count(workers int) int {
	if workers <= 0 {
		return runtime.GOMAXPROCS(0)
	}
	return workers
}
