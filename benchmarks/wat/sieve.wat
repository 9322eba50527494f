;; sieve: benchmarks/c/benchmarks.c by clang -O2, made by benchmarks/wat/generate.py.
(module
  (type (;0;) (func (param i64) (result i64)))
  (func (;0;) (type 0) (param i64) (result i64)
    (local i32 i32 i32 i64 i64 i32 i32 i64)
    i32.const 0
    i32.const 0
    i32.load offset=1024
    local.tee 1
    i32.const 1049616
    local.get 1
    select
    local.tee 2
    local.get 0
    i32.wrap_i64
    i32.const 16
    i32.add
    i32.const -16
    i32.and
    i32.add
    local.tee 1
    i32.store offset=1024
    block  ;; label = @1
      local.get 1
      i32.const 65535
      i32.add
      i32.const 16
      i32.shr_u
      local.tee 1
      memory.size
      local.tee 3
      i32.le_u
      br_if 0 (;@1;)
      local.get 1
      local.get 3
      i32.sub
      memory.grow
      drop
    end
    i64.const 2
    local.set 4
    i64.const 0
    local.set 5
    block  ;; label = @1
      local.get 0
      i64.const 2
      i64.lt_s
      br_if 0 (;@1;)
      local.get 2
      i32.const 4
      i32.add
      local.set 6
      i64.const 0
      local.set 5
      i32.const 5
      local.set 7
      i32.const 2
      local.set 3
      loop  ;; label = @2
        block  ;; label = @3
          local.get 2
          local.get 4
          local.tee 8
          i32.wrap_i64
          i32.add
          i32.load8_u
          br_if 0 (;@3;)
          local.get 5
          i64.const 1
          i64.add
          local.set 5
          local.get 8
          local.get 8
          i64.mul
          local.tee 4
          local.get 0
          i64.gt_s
          br_if 0 (;@3;)
          local.get 6
          local.set 1
          loop  ;; label = @4
            local.get 1
            i32.const 1
            i32.store8
            local.get 1
            local.get 3
            i32.add
            local.set 1
            local.get 4
            local.get 8
            i64.add
            local.tee 4
            local.get 0
            i64.le_s
            br_if 0 (;@4;)
          end
        end
        local.get 3
        i32.const 1
        i32.add
        local.set 3
        local.get 6
        local.get 7
        i32.add
        local.set 6
        local.get 7
        i32.const 2
        i32.add
        local.set 7
        local.get 8
        i64.const 1
        i64.add
        local.set 4
        local.get 8
        local.get 0
        i64.ne
        br_if 0 (;@2;)
      end
    end
    local.get 5)
  (memory (;0;) 17)
  (global (;0;) (mut i32) (i32.const 1049616))
  (export "memory" (memory 0))
  (export "sieve" (func 0)))
