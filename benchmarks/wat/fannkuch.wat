;; fannkuch: benchmarks/c/benchmarks.c by clang -O2, made by benchmarks/wat/generate.py.
(module
  (type (;0;) (func (param i64) (result i64)))
  (func (;0;) (type 0) (param i64) (result i64)
    (local i32 i32 i64 i64 i64 i32 i64 i64 i64 i32 i32 i32 i64 i64 i64 i64 i64 i32 i32 i64 i64 i64 i32 i32)
    global.get 0
    i32.const 384
    i32.sub
    local.tee 1
    global.set 0
    block  ;; label = @1
      local.get 0
      i64.const 1
      i64.lt_s
      local.tee 2
      br_if 0 (;@1;)
      local.get 0
      i64.const 7
      i64.and
      local.set 3
      i64.const 0
      local.set 4
      block  ;; label = @2
        local.get 0
        i64.const -1
        i64.add
        i64.const 7
        i64.lt_u
        br_if 0 (;@2;)
        local.get 0
        i64.const -8
        i64.and
        local.set 5
        local.get 1
        i32.const 160
        i32.add
        local.set 6
        i64.const 0
        local.set 4
        loop  ;; label = @3
          local.get 6
          i32.const 24
          i32.add
          local.get 4
          i64.const 7
          i64.add
          i64.store
          local.get 6
          i32.const 16
          i32.add
          local.get 4
          i64.const 6
          i64.add
          i64.store
          local.get 6
          i32.const 8
          i32.add
          local.get 4
          i64.const 5
          i64.add
          i64.store
          local.get 6
          local.get 4
          i64.const 4
          i64.add
          i64.store
          local.get 6
          i32.const -8
          i32.add
          local.get 4
          i64.const 3
          i64.add
          i64.store
          local.get 6
          i32.const -16
          i32.add
          local.get 4
          i64.const 2
          i64.add
          i64.store
          local.get 6
          i32.const -24
          i32.add
          local.get 4
          i64.const 1
          i64.add
          i64.store
          local.get 6
          i32.const -32
          i32.add
          local.get 4
          i64.store
          local.get 6
          i32.const 64
          i32.add
          local.set 6
          local.get 4
          i64.const 8
          i64.add
          local.tee 4
          local.get 5
          i64.ne
          br_if 0 (;@3;)
        end
      end
      local.get 3
      i64.eqz
      br_if 0 (;@1;)
      local.get 1
      i32.const 128
      i32.add
      local.get 4
      i32.wrap_i64
      i32.const 3
      i32.shl
      i32.add
      local.set 6
      loop  ;; label = @2
        local.get 6
        local.get 4
        i64.store
        local.get 6
        i32.const 8
        i32.add
        local.set 6
        local.get 4
        i64.const 1
        i64.add
        local.set 4
        local.get 3
        i64.const -1
        i64.add
        local.tee 3
        i64.const 0
        i64.ne
        br_if 0 (;@2;)
      end
    end
    local.get 0
    i64.const -4
    i64.and
    local.set 7
    local.get 0
    i64.const 3
    i64.and
    local.set 8
    local.get 0
    i64.const -1
    i64.add
    local.set 9
    local.get 1
    i32.const 256
    i32.add
    i32.const 8
    i32.or
    local.set 10
    local.get 1
    i32.const 256
    i32.add
    i32.const -8
    i32.add
    local.set 11
    local.get 1
    i32.const -8
    i32.add
    local.set 12
    i64.const 0
    local.set 13
    i64.const 0
    local.set 14
    i64.const 1
    local.set 15
    local.get 0
    local.set 16
    loop  ;; label = @1
      block  ;; label = @2
        block  ;; label = @3
          local.get 16
          i64.const 2
          i64.ge_s
          br_if 0 (;@3;)
          local.get 16
          local.set 17
          br 1 (;@2;)
        end
        local.get 12
        local.get 16
        i32.wrap_i64
        i32.const 3
        i32.shl
        i32.add
        local.set 6
        loop  ;; label = @3
          local.get 6
          local.get 16
          i64.store
          local.get 6
          i32.const -8
          i32.add
          local.set 6
          local.get 16
          i64.const 2
          i64.gt_u
          local.set 18
          local.get 16
          i64.const -1
          i64.add
          local.set 16
          local.get 18
          br_if 0 (;@3;)
        end
        i64.const 1
        local.set 17
      end
      block  ;; label = @2
        block  ;; label = @3
          local.get 2
          br_if 0 (;@3;)
          i64.const 0
          local.set 4
          block  ;; label = @4
            local.get 9
            i64.const 3
            i64.lt_u
            br_if 0 (;@4;)
            i64.const 0
            local.set 4
            i32.const 0
            local.set 6
            loop  ;; label = @5
              local.get 1
              i32.const 256
              i32.add
              local.get 6
              i32.add
              local.tee 18
              local.get 1
              i32.const 128
              i32.add
              local.get 6
              i32.add
              local.tee 19
              i64.load
              i64.store
              local.get 18
              i32.const 8
              i32.add
              local.get 19
              i32.const 8
              i32.add
              i64.load
              i64.store
              local.get 18
              i32.const 16
              i32.add
              local.get 19
              i32.const 16
              i32.add
              i64.load
              i64.store
              local.get 18
              i32.const 24
              i32.add
              local.get 19
              i32.const 24
              i32.add
              i64.load
              i64.store
              local.get 6
              i32.const 32
              i32.add
              local.set 6
              local.get 7
              local.get 4
              i64.const 4
              i64.add
              local.tee 4
              i64.ne
              br_if 0 (;@5;)
            end
          end
          block  ;; label = @4
            local.get 8
            i64.eqz
            br_if 0 (;@4;)
            local.get 1
            i32.const 128
            i32.add
            local.get 4
            i32.wrap_i64
            i32.const 3
            i32.shl
            local.tee 18
            i32.add
            local.set 6
            local.get 1
            i32.const 256
            i32.add
            local.get 18
            i32.add
            local.set 18
            local.get 8
            local.set 4
            loop  ;; label = @5
              local.get 18
              local.get 6
              i64.load
              i64.store
              local.get 6
              i32.const 8
              i32.add
              local.set 6
              local.get 18
              i32.const 8
              i32.add
              local.set 18
              local.get 4
              i64.const -1
              i64.add
              local.tee 4
              i64.const 0
              i64.ne
              br_if 0 (;@5;)
            end
          end
          local.get 1
          i64.load offset=256
          local.tee 4
          i64.eqz
          i32.eqz
          br_if 0 (;@3;)
          i64.const 0
          local.set 16
          br 1 (;@2;)
        end
        i64.const 0
        local.set 16
        loop  ;; label = @3
          block  ;; label = @4
            local.get 4
            i64.const 1
            i64.lt_s
            br_if 0 (;@4;)
            local.get 1
            local.get 1
            i32.const 256
            i32.add
            local.get 4
            i32.wrap_i64
            i32.const 3
            i32.shl
            local.tee 18
            i32.add
            local.tee 6
            i64.load
            i64.store offset=256
            local.get 6
            local.get 4
            i64.store
            local.get 4
            i64.const 3
            i64.lt_u
            br_if 0 (;@4;)
            local.get 4
            i64.const -1
            i64.add
            local.set 3
            local.get 11
            local.get 18
            i32.add
            local.set 6
            i64.const 2
            local.set 4
            local.get 10
            local.set 18
            loop  ;; label = @5
              local.get 18
              i64.load
              local.set 5
              local.get 18
              local.get 6
              i64.load
              i64.store
              local.get 6
              local.get 5
              i64.store
              local.get 18
              i32.const 8
              i32.add
              local.set 18
              local.get 6
              i32.const -8
              i32.add
              local.set 6
              local.get 4
              local.get 3
              i64.const -1
              i64.add
              local.tee 3
              i64.lt_s
              local.set 19
              local.get 4
              i64.const 1
              i64.add
              local.set 4
              local.get 19
              br_if 0 (;@5;)
            end
          end
          local.get 16
          i64.const 1
          i64.add
          local.set 16
          local.get 1
          i64.load offset=256
          local.tee 4
          i64.eqz
          i32.eqz
          br_if 0 (;@3;)
        end
      end
      local.get 16
      local.get 14
      local.get 16
      local.get 14
      i64.gt_s
      select
      local.set 14
      local.get 17
      i64.const -1
      i64.add
      local.set 20
      i64.const 0
      local.set 21
      i64.const 0
      local.get 15
      i64.sub
      local.set 22
      local.get 16
      local.get 15
      i64.mul
      local.get 13
      i64.add
      local.set 13
      local.get 17
      i32.wrap_i64
      local.set 23
      block  ;; label = @2
        loop  ;; label = @3
          local.get 17
          local.tee 16
          local.get 0
          i64.eq
          br_if 1 (;@2;)
          local.get 1
          i64.load offset=128
          local.set 17
          block  ;; label = @4
            local.get 16
            i64.const 1
            i64.lt_s
            br_if 0 (;@4;)
            local.get 16
            i64.const 3
            i64.and
            local.set 15
            i64.const 0
            local.set 3
            block  ;; label = @5
              local.get 20
              local.get 21
              i64.add
              i64.const 3
              i64.lt_u
              br_if 0 (;@5;)
              local.get 16
              i64.const -4
              i64.and
              local.set 5
              i64.const 0
              local.set 3
              local.get 1
              i32.const 128
              i32.add
              local.set 6
              loop  ;; label = @6
                local.get 6
                local.get 6
                i32.const 8
                i32.add
                local.tee 18
                i64.load
                i64.store
                local.get 6
                i32.const 16
                i32.add
                local.tee 19
                i64.load
                local.set 4
                local.get 19
                local.get 6
                i32.const 24
                i32.add
                local.tee 24
                i64.load
                i64.store
                local.get 18
                local.get 4
                i64.store
                local.get 24
                local.get 6
                i32.const 32
                i32.add
                local.tee 6
                i64.load
                i64.store
                local.get 5
                local.get 3
                i64.const 4
                i64.add
                local.tee 3
                i64.ne
                br_if 0 (;@6;)
              end
            end
            local.get 15
            i64.eqz
            br_if 0 (;@4;)
            local.get 23
            i64.extend_i32_u
            i64.const 3
            i64.and
            local.set 4
            local.get 1
            i32.const 128
            i32.add
            local.get 3
            i32.wrap_i64
            i32.const 3
            i32.shl
            i32.add
            local.set 6
            loop  ;; label = @5
              local.get 6
              local.get 6
              i32.const 8
              i32.add
              local.tee 18
              i64.load
              i64.store
              local.get 18
              local.set 6
              local.get 4
              i64.const -1
              i64.add
              local.tee 4
              i64.const 0
              i64.ne
              br_if 0 (;@5;)
            end
          end
          local.get 1
          i32.const 128
          i32.add
          local.get 16
          i32.wrap_i64
          i32.const 3
          i32.shl
          local.tee 6
          i32.add
          local.get 17
          i64.store
          local.get 1
          local.get 6
          i32.add
          local.tee 6
          local.get 6
          i64.load
          local.tee 4
          i64.const -1
          i64.add
          i64.store
          local.get 23
          i32.const 1
          i32.add
          local.set 23
          local.get 21
          i64.const 1
          i64.add
          local.set 21
          local.get 16
          i64.const 1
          i64.add
          local.set 17
          local.get 4
          i64.const 1
          i64.le_s
          br_if 0 (;@3;)
        end
        local.get 22
        local.set 15
        br 1 (;@1;)
      end
    end
    local.get 1
    i32.const 384
    i32.add
    global.set 0
    local.get 13
    i64.const 1000
    i64.mul
    local.get 14
    i64.add)
  (memory (;0;) 17)
  (global (;0;) (mut i32) (i32.const 1049600))
  (export "memory" (memory 0))
  (export "fannkuch" (func 0)))
