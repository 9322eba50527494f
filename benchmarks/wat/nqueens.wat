;; nqueens: benchmarks/c/benchmarks.c by clang -O2, made by benchmarks/wat/generate.py.
(module
  (type (;0;) (func (param i64) (result i64)))
  (type (;1;) (func (param i64 i64 i64 i64) (result i64)))
  (func (;0;) (type 0) (param i64) (result i64)
    i64.const 0
    i64.const 0
    i64.const 0
    i64.const -1
    local.get 0
    i64.shl
    i64.const -1
    i64.xor
    call 1)
  (func (;1;) (type 1) (param i64 i64 i64 i64) (result i64)
    (local i64 i64 i64)
    i64.const 1
    local.set 4
    block  ;; label = @1
      local.get 0
      local.get 3
      i64.eq
      br_if 0 (;@1;)
      block  ;; label = @2
        local.get 1
        local.get 0
        i64.or
        local.get 2
        i64.or
        i64.const -1
        i64.xor
        local.get 3
        i64.and
        local.tee 5
        i64.eqz
        i32.eqz
        br_if 0 (;@2;)
        i64.const 0
        return
      end
      i64.const 0
      local.set 4
      loop  ;; label = @2
        local.get 5
        i64.const 0
        local.get 5
        i64.sub
        i64.and
        local.tee 6
        local.get 0
        i64.or
        local.get 6
        local.get 1
        i64.or
        i64.const 1
        i64.shl
        local.get 6
        local.get 2
        i64.or
        i64.const 1
        i64.shr_s
        local.get 3
        call 1
        local.get 4
        i64.add
        local.set 4
        local.get 6
        local.get 5
        i64.xor
        local.tee 5
        i64.const 0
        i64.ne
        br_if 0 (;@2;)
      end
    end
    local.get 4)
  (memory (;0;) 17)
  (global (;0;) (mut i32) (i32.const 1049600))
  (export "memory" (memory 0))
  (export "nqueens" (func 0)))
