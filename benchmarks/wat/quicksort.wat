;; quicksort: benchmarks/c/benchmarks.c by clang -O2, made by benchmarks/wat/generate.py.
(module
  (type (;0;) (func (param i64) (result i64)))
  (type (;1;) (func (param i32 i64 i64)))
  (func (;0;) (type 0) (param i64) (result i64)
    (local i32 i32 i32 i64 i64 i64 i64 i64)
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
    i32.const 3
    i32.shl
    i32.const 15
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
    block  ;; label = @1
      block  ;; label = @2
        block  ;; label = @3
          local.get 0
          i64.const 1
          i64.lt_s
          br_if 0 (;@3;)
          local.get 0
          i64.const 3
          i64.and
          local.set 4
          block  ;; label = @4
            local.get 0
            i64.const -1
            i64.add
            local.tee 5
            i64.const 3
            i64.ge_u
            br_if 0 (;@4;)
            i64.const 42
            local.set 6
            i64.const 0
            local.set 7
            br 2 (;@2;)
          end
          local.get 0
          i64.const -4
          i64.and
          local.set 8
          i64.const 42
          local.set 6
          i64.const 0
          local.set 7
          local.get 2
          local.set 1
          loop  ;; label = @4
            local.get 1
            local.get 6
            i64.const 1103515245
            i64.mul
            i64.const 12345
            i64.add
            local.tee 6
            i64.const 2147483647
            i64.and
            i64.const -1073741824
            i64.add
            i64.store
            local.get 1
            i32.const 8
            i32.add
            local.get 6
            i64.const 1103515245
            i64.mul
            i64.const 12345
            i64.add
            i64.const 2147483647
            i64.and
            local.tee 6
            i64.const -1073741824
            i64.add
            i64.store
            local.get 1
            i32.const 16
            i32.add
            local.get 6
            i64.const 1103515245
            i64.mul
            i64.const 12345
            i64.add
            local.tee 6
            i64.const 2147483647
            i64.and
            i64.const -1073741824
            i64.add
            i64.store
            local.get 1
            i32.const 24
            i32.add
            local.get 6
            i64.const 1103515245
            i64.mul
            i64.const 12345
            i64.add
            i64.const 2147483647
            i64.and
            local.tee 6
            i64.const -1073741824
            i64.add
            i64.store
            local.get 1
            i32.const 32
            i32.add
            local.set 1
            local.get 8
            local.get 7
            i64.const 4
            i64.add
            local.tee 7
            i64.ne
            br_if 0 (;@4;)
            br 2 (;@2;)
          end
        end
        i64.const 0
        local.set 6
        local.get 2
        i64.const 0
        local.get 0
        i64.const -1
        i64.add
        call 1
        br 1 (;@1;)
      end
      block  ;; label = @2
        local.get 4
        i64.eqz
        br_if 0 (;@2;)
        local.get 2
        local.get 7
        i32.wrap_i64
        i32.const 3
        i32.shl
        i32.add
        local.set 1
        loop  ;; label = @3
          local.get 1
          local.get 6
          i64.const 1103515245
          i64.mul
          i64.const 12345
          i64.add
          i64.const 2147483647
          i64.and
          local.tee 6
          i64.const -1073741824
          i64.add
          i64.store
          local.get 1
          i32.const 8
          i32.add
          local.set 1
          local.get 4
          i64.const -1
          i64.add
          local.tee 4
          i64.const 0
          i64.ne
          br_if 0 (;@3;)
        end
      end
      i64.const 0
      local.set 6
      local.get 2
      i64.const 0
      local.get 0
      i64.const -1
      i64.add
      call 1
      local.get 0
      i64.const 1
      i64.lt_s
      br_if 0 (;@1;)
      local.get 0
      i64.const 3
      i64.and
      local.set 4
      block  ;; label = @2
        block  ;; label = @3
          local.get 5
          i64.const 3
          i64.ge_u
          br_if 0 (;@3;)
          i64.const 0
          local.set 7
          i64.const 0
          local.set 6
          br 1 (;@2;)
        end
        local.get 0
        i64.const -4
        i64.and
        local.set 8
        i64.const 0
        local.set 7
        local.get 2
        local.set 1
        i64.const 0
        local.set 6
        loop  ;; label = @3
          local.get 1
          i32.const 24
          i32.add
          i64.load
          local.get 1
          i32.const 16
          i32.add
          i64.load
          local.get 1
          i32.const 8
          i32.add
          i64.load
          local.get 1
          i64.load
          local.get 6
          i64.const 31
          i64.mul
          i64.add
          i64.const 281474976710655
          i64.and
          i64.const 31
          i64.mul
          i64.add
          i64.const 31
          i64.mul
          i64.add
          i64.const 31
          i64.mul
          i64.add
          i64.const 281474976710655
          i64.and
          local.set 6
          local.get 1
          i32.const 32
          i32.add
          local.set 1
          local.get 8
          local.get 7
          i64.const 4
          i64.add
          local.tee 7
          i64.ne
          br_if 0 (;@3;)
        end
      end
      local.get 4
      i64.eqz
      br_if 0 (;@1;)
      local.get 2
      local.get 7
      i32.wrap_i64
      i32.const 3
      i32.shl
      i32.add
      local.set 1
      loop  ;; label = @2
        local.get 1
        i64.load
        local.get 6
        i64.const 31
        i64.mul
        i64.add
        i64.const 281474976710655
        i64.and
        local.set 6
        local.get 1
        i32.const 8
        i32.add
        local.set 1
        local.get 4
        i64.const -1
        i64.add
        local.tee 4
        i64.const 0
        i64.ne
        br_if 0 (;@2;)
      end
    end
    local.get 6)
  (func (;1;) (type 1) (param i32 i64 i64)
    (local i32 i64 i64 i64 i32 i64 i64 i32 i64 i64 i32)
    block  ;; label = @1
      local.get 1
      local.get 2
      i64.ge_s
      br_if 0 (;@1;)
      local.get 0
      i32.const -8
      i32.add
      local.set 3
      local.get 1
      local.set 4
      loop  ;; label = @2
        local.get 2
        local.set 5
        block  ;; label = @3
          local.get 1
          local.get 2
          i64.gt_s
          br_if 0 (;@3;)
          local.get 0
          local.get 1
          local.get 2
          i64.add
          i32.wrap_i64
          i32.const 2
          i32.shl
          i32.const -8
          i32.and
          i32.add
          i64.load
          local.set 6
          local.get 1
          local.set 4
          local.get 2
          local.set 5
          loop  ;; label = @4
            local.get 3
            local.get 4
            i32.wrap_i64
            i32.const 3
            i32.shl
            i32.add
            local.set 7
            local.get 4
            local.set 8
            loop  ;; label = @5
              local.get 8
              i64.const 1
              i64.add
              local.set 8
              local.get 7
              i32.const 8
              i32.add
              local.tee 7
              i64.load
              local.tee 9
              local.get 6
              i64.lt_s
              br_if 0 (;@5;)
            end
            local.get 8
            i64.const -1
            i64.add
            local.set 4
            local.get 0
            local.get 5
            i32.wrap_i64
            i32.const 3
            i32.shl
            i32.add
            local.set 10
            local.get 5
            local.set 11
            loop  ;; label = @5
              local.get 11
              i64.const -1
              i64.add
              local.set 11
              local.get 10
              i64.load
              local.set 12
              local.get 10
              i32.const -8
              i32.add
              local.tee 13
              local.set 10
              local.get 12
              local.get 6
              i64.gt_s
              br_if 0 (;@5;)
            end
            block  ;; label = @5
              local.get 4
              local.get 11
              i64.const 1
              i64.add
              local.tee 5
              i64.gt_s
              br_if 0 (;@5;)
              local.get 7
              local.get 12
              i64.store
              local.get 13
              i32.const 8
              i32.add
              local.get 9
              i64.store
              local.get 11
              local.set 5
              local.get 8
              local.set 4
            end
            local.get 4
            local.get 5
            i64.le_s
            br_if 0 (;@4;)
          end
        end
        local.get 0
        local.get 1
        local.get 5
        call 1
        local.get 4
        local.set 1
        local.get 4
        local.get 2
        i64.lt_s
        br_if 0 (;@2;)
      end
    end)
  (memory (;0;) 17)
  (global (;0;) (mut i32) (i32.const 1049616))
  (export "memory" (memory 0))
  (export "quicksort" (func 0)))
