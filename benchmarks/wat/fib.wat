;; fib: benchmarks/c/benchmarks.c by clang -O2, made by benchmarks/wat/generate.py.
(module
  (type (;0;) (func (param i64) (result i64)))
  (func (;0;) (type 0) (param i64) (result i64)
    (local i64 i32 i64)
    block  ;; label = @1
      local.get 0
      i64.const 2
      i64.ge_s
      br_if 0 (;@1;)
      local.get 0
      i64.const 0
      i64.add
      return
    end
    i64.const 0
    local.set 1
    loop  ;; label = @1
      local.get 0
      i64.const -1
      i64.add
      call 0
      local.get 1
      i64.add
      local.set 1
      local.get 0
      i64.const 3
      i64.gt_u
      local.set 2
      local.get 0
      i64.const -2
      i64.add
      local.tee 3
      local.set 0
      local.get 2
      br_if 0 (;@1;)
    end
    local.get 3
    local.get 1
    i64.add)
  (memory (;0;) 17)
  (global (;0;) (mut i32) (i32.const 1049600))
  (export "memory" (memory 0))
  (export "fib" (func 0)))
