# What conf/opensearch says against what the program really prints.
include(${CMAKE_CURRENT_LIST_DIR}/pytest.cmake)
auditship_pytest(NAME unit_documented_fields LABEL unit FILES unit/documented_fields_test.py TIMEOUT 300)
auditship_pytest(NAME unit_dashboards LABEL unit FILES unit/dashboards_test.py)
